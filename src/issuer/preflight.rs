//! Looks at what was signed as a stranger would, before it leaves: with the issuer's documents as
//! they are published, and no network.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Issuer, IssuerError, KeptKey, KeyRing};
use crate::domain::{Assertion, BadgeClass, IssuerProfile};
use crate::verifier::{PolicyName, preflight};
use crate::wire::ob2;

/// What a stranger would find: documents by their URL or DID.
pub(super) type Web = BTreeMap<String, String>;

impl Issuer {
    /// Whether the text of a form is judged to be the issuer's own, whole and well-formed: at the
    /// instant from which the award holds, or now if that is past, because a proof made now counts
    /// from now. That the award has expired since is no reason to refuse it.
    pub(super) fn preflight(
        &self,
        bytes: &[u8],
        award: &Assertion,
        web: &Web,
    ) -> Result<(), IssuerError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| IssuerError::Preflight(error.to_string()))?;
        let at = award.valid_from.max(self.0.clock.now());
        let report = preflight(text, web, self.contexts(), PolicyName::Default, at);
        report
            .may_leave()
            .map_err(|(check, message)| IssuerError::Preflight(format!("{check}: {message}")))
    }

    /// The issuer's documents for an Open Badges 3.0 form. A did:key needs none.
    pub(super) fn ob3_web(&self, issuer: &IssuerProfile, ring: &KeyRing) -> Web {
        let urls = &self.0.urls;
        let Some(did) = urls.issuer_did(&issuer.slug) else { return Web::new() };
        let document = ring.document(&did, &[]).to_string();
        Web::from([(urls.issuer_did_document(&issuer.slug), document.clone()), (did, document)])
    }

    /// The profile of an issuer under one of its RSA keys. One whose key is compromised lists no key,
    /// so that what is signed with it is refused; hosted badges need none.
    pub(super) fn ob2_profile_document(
        &self,
        issuer: &IssuerProfile,
        ring: &KeyRing,
        number: u32,
    ) -> Value {
        let mut profile = ob2::issuer_profile(&self.0.urls, issuer, number, &ring.rsa_numbers());
        if ring.rsa(number).is_some_and(KeptKey::is_compromised)
            && let Some(members) = profile.as_object_mut()
        {
            members.shift_remove("publicKey");
        }
        profile
    }

    /// The issuer's documents for an Open Badges 2.0 form under one of its RSA keys.
    pub(super) fn ob2_web(
        &self,
        issuer: &IssuerProfile,
        ring: &KeyRing,
        class: &BadgeClass,
        number: u32,
    ) -> Web {
        let (urls, slug) = (&self.0.urls, &issuer.slug);
        let pem = ring.rsa(number).map(|key| key.public.to_pem()).unwrap_or_default();
        let documents: [(String, Value); 3] = [
            (urls.ob2_issuer(slug, number), self.ob2_profile_document(issuer, ring, number)),
            (urls.ob2_key(slug, number), ob2::cryptographic_key(urls, issuer, number, &pem)),
            (
                urls.ob2_badge_class(slug, number, &class.reference()),
                ob2::badge_class(urls, issuer, number, class),
            ),
        ];
        documents.into_iter().map(|(url, document)| (url, document.to_string())).collect()
    }
}
