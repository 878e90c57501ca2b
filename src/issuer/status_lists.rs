//! Status lists as signed credentials: made anew when a bit changed, kept in memory in between.

use std::sync::{Arc, PoisonError};

use super::{Issuer, IssuerError, KeyRing};
use crate::domain::{AccountId, IssuerId, IssuerProfile, KeyId, StatusPurpose};
use crate::proof::key::KeyType;
use crate::status::bitstring::{ListCredential, StatusList};
use crate::store::backend::Version;

/// For how long a copy may be used, in seconds.
pub(super) const TTL_SECONDS: u32 = 300;

/// Lists kept in memory.
const KEPT: usize = 1024;

/// Issuer, purpose and number of a list.
pub(super) type ListName = (IssuerId, StatusPurpose, u32);

/// A signed list and what it was made of.
pub(super) struct Signed {
    version: Version,
    key: KeyId,
    bytes: Arc<Vec<u8>>,
}

impl Issuer {
    /// The credential of a status list as it stands now.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what keys and store say.
    pub(super) async fn status_list(
        &self,
        account: &AccountId,
        issuer: &IssuerProfile,
        ring: &KeyRing,
        purpose: StatusPurpose,
        list: u32,
    ) -> Result<Arc<Vec<u8>>, IssuerError> {
        let store = &self.0.store;
        let no_list = || IssuerError::NotFound("status list");
        let key = ring.signer(KeyType::Ed25519)?;
        let version = store.status_list_version(account, &issuer.id, purpose, list).await?;
        let version = version.ok_or_else(no_list)?;
        let name = (issuer.id.clone(), purpose, list);
        if let Some(bytes) = self.known_list(&name, version, &key.record.id) {
            return Ok(bytes);
        }
        let state = store.status_list(account, &issuer.id, purpose, list).await?;
        let state = state.ok_or_else(no_list)?;
        let bits = set_bits(state.length, &state.set)?;
        let did = ring.did(&self.0.urls, &issuer.slug).unwrap_or_default();
        let credential = ListCredential {
            id: &self.0.urls.status_list(&issuer.slug, purpose, list),
            issuer: &did,
            purpose: purpose.as_str(),
            valid_from: state.changed_at,
            ttl: u64::from(TTL_SECONDS) * 1000,
        }
        .render(&bits);
        let now = self.0.clock.now_to_the_second();
        let bytes = Arc::new(self.secure(credential, &did, key, now).await?);
        let signed = Signed {
            version: state.version,
            key: key.record.id.clone(),
            bytes: Arc::clone(&bytes),
        };
        let mut lists = self.0.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= KEPT {
            lists.clear();
        }
        lists.insert(name, signed);
        Ok(bytes)
    }

    fn known_list(&self, name: &ListName, version: Version, key: &KeyId) -> Option<Arc<Vec<u8>>> {
        let lists = self.0.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lists.get(name)?;
        (known.version == version && known.key == *key).then(|| Arc::clone(&known.bytes))
    }
}

fn set_bits(length: u32, set: &[u32]) -> Result<StatusList, IssuerError> {
    let unusable = |error: crate::status::bitstring::Error| {
        IssuerError::Preflight(format!("a stored status list cannot be written: {error}"))
    };
    let entries = usize::try_from(length).unwrap_or(usize::MAX);
    let mut bits = StatusList::new(entries).map_err(unusable)?;
    for index in set {
        bits.set(*index, true).map_err(unusable)?;
    }
    Ok(bits)
}
