//! The life of keys: retired, compromised.

use jiff::Timestamp;
use serde_json::json;

use super::mandate::Noted;
use super::{Done, Issuer, IssuerError, KeptKey, Mandate};
use crate::domain::{IssuerId, IssuerProfile, KeyId};
use crate::proof::key::KeyType;
use crate::store::{IssuerKey, KeyLife, retried};

/// What shall become of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyTurn {
    /// It signs no more; what it signed stays good.
    Retire,
    /// Others may have had it, since this time at the earliest; now where it is missing.
    Compromise(Option<Timestamp>),
}

impl Issuer {
    /// Retires a key, or states that it is compromised. A key that is so already stays as it is, but
    /// for a compromise that turns out to be older.
    ///
    /// A retired key signs no more, stays listed, and what it signed goes on to verify. It needs a
    /// successor that signs. A compromised key leaves `assertionMethod` and is marked `revoked`, so
    /// that readers refuse all that it signed; if no other of its kind signs, the issuer is given
    /// one at the same time, because nothing may wait.
    ///
    /// # Errors
    /// [`IssuerError::LastKey`], [`IssuerError::Compromised`] for retiring such a key,
    /// [`IssuerError::OneKey`] for the key that an issuer without a public https URL is known by,
    /// [`IssuerError::Invalid`] for a time that is still to come, [`IssuerError::NotFound`], and what
    /// keys and store say.
    pub async fn turn_key(
        &self,
        mandate: &Mandate<'_>,
        issuer: &IssuerId,
        key: &KeyId,
        turn: &KeyTurn,
        reason: &str,
    ) -> Result<Done<KeptKey>, IssuerError> {
        let found = self.0.store.issuer(mandate.account, issuer).await?;
        let profile = found.ok_or(IssuerError::NotFound("issuer"))?.value;
        retried(async || self.try_turn_key(mandate, &profile, key, turn, reason).await).await
    }

    async fn try_turn_key(
        &self,
        mandate: &Mandate<'_>,
        profile: &IssuerProfile,
        key: &KeyId,
        turn: &KeyTurn,
        reason: &str,
    ) -> Result<Done<KeptKey>, IssuerError> {
        let ring = self.key_ring(mandate.account, &profile.id).await?;
        let kept = ring.by_id(key).ok_or(IssuerError::NotFound("key"))?;
        let did = ring.did(&self.0.urls, &profile.slug).unwrap_or_default();
        let now = self.0.clock.now_to_the_second();
        let Some(life) = next(kept.record.life, turn, now, key)? else {
            return Ok(Done { value: kept.clone(), answer: kept.answer(&did) });
        };
        let mut tx = self.0.store.begin(mandate.account);
        let mut successor = None;
        if kept.record.life == KeyLife::Active && !ring.has_successor(&kept.record) {
            successor = self.successor(profile, &kept.record, turn).await?;
            // It still is the only one when this is committed.
            for other in ring.keys.iter().filter(|other| other.record.id != *key) {
                tx.expect_issuer_key(other.version, &other.record);
            }
        } else if let Some(other) = ring.keys.iter().rfind(|other| {
            let signs = other.record.life == KeyLife::Active && other.is(kept.record.key_type);
            signs && other.record.id != *key
        }) {
            // Two keys that are each other's successor are not retired at the same moment.
            tx.expect_issuer_key(other.version, &other.record);
        }
        let record = IssuerKey { life, ..kept.record.clone() };
        let mut turned = KeptKey { record, ..kept.clone() };
        let answer = turned.answer(&did);
        tx.update_issuer_key(kept.version, &turned.record);
        if let Some(successor) = &successor {
            tx.insert_issuer_key(successor);
        }
        let noted = Noted {
            kind: match turn {
                KeyTurn::Retire => "issuer.key-retired",
                KeyTurn::Compromise(_) => "issuer.key-compromised",
            },
            subject: profile.id.as_str(),
            answer: &answer,
            detail: json!({
                "key": key.as_str(),
                "since": answer.get("since"),
                "successor": successor.as_ref().map(|key| key.id.as_str()),
            }),
        };
        self.explain(&mut tx, profile.id.as_str(), noted.kind, (Some(reason), None));
        self.note(&mut tx, mandate, &noted)?;
        turned.version = tx.commit().await?;
        if life != KeyLife::Active {
            self.forget(&profile.id, kept.record.number);
        }
        Ok(Done { value: turned, answer })
    }

    /// The key that signs in the place of the last one of its kind.
    async fn successor(
        &self,
        profile: &IssuerProfile,
        last: &IssuerKey,
        turn: &KeyTurn,
    ) -> Result<Option<IssuerKey>, IssuerError> {
        let kind = last.key_type;
        if kind == KeyType::Ed25519 && self.0.urls.issuer_did(&profile.slug).is_none() {
            return Err(IssuerError::OneKey(profile.id.clone()));
        }
        match turn {
            KeyTurn::Retire => Err(IssuerError::LastKey {
                key: last.id.clone(),
                kind: kind.as_str(),
                issuer: profile.id.clone(),
            }),
            KeyTurn::Compromise(_) => {
                let now = self.0.clock.now_to_the_second();
                self.make_key(&profile.id, kind, now).await.map(Some)
            }
        }
    }
}

/// What a key is after the turn; `None` if it is so already.
fn next(
    life: KeyLife,
    turn: &KeyTurn,
    now: Timestamp,
    key: &KeyId,
) -> Result<Option<KeyLife>, IssuerError> {
    match (turn, life) {
        (KeyTurn::Retire, KeyLife::Active) => Ok(Some(KeyLife::Retired(now))),
        (KeyTurn::Retire, KeyLife::Retired(_)) => Ok(None),
        (KeyTurn::Retire, KeyLife::Compromised(_)) => Err(IssuerError::Compromised(key.clone())),
        (KeyTurn::Compromise(since), _) => {
            let since = since.unwrap_or(now);
            if since > now {
                let detail = "a key is compromised since now or earlier";
                return Err(IssuerError::invalid("/since", "out-of-order", detail));
            }
            let known = matches!(life, KeyLife::Compromised(known) if known <= since);
            Ok((!known).then_some(KeyLife::Compromised(since)))
        }
    }
}
