//! Signs awards of one badge class: what they have in common is written, read and expanded once.
//!
//! Text, signature and verdict are those of the ordinary road, byte for byte; a press that gives
//! anything else for the first award that it sees is not used.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::preflight::Web;
use super::{IssuerError, KeptKey};
use crate::bundled::contexts;
use crate::domain::{Assertion, BadgeClass, IssuerProfile};
use crate::json::{self, Value};
use crate::linked_data::{Document, Options, Parts};
use crate::proof::key::PrivateKey;
use crate::proof::suite::{self, Prepared, ProofOptions, Suite};
use crate::store::Form;
use crate::urls::Urls;
use crate::verifier::{Own, Supplied, preflight_own};
use crate::wire::ob3::{Common, Edition};

/// What signing awards of one badge class takes, but for the awards and the private key.
pub(super) struct Press {
    pub(super) urls: Urls,
    pub(super) issuer: IssuerProfile,
    pub(super) class: BadgeClass,
    /// The issuer's DID.
    pub(super) did: String,
    pub(super) key: KeptKey,
    /// What a stranger would find.
    pub(super) web: Web,
}

/// A press that has seen an award.
pub(super) struct Ready {
    press: Press,
    /// What a stranger would find.
    web: Supplied,
    suite: Suite,
    method: String,
    common: Common,
    parts: Parts,
}

/// With what, and when, awards are signed.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    /// The private half of the press's key.
    pub(super) private: &'a PrivateKey,
    /// When the proofs are made.
    pub(super) made_at: Timestamp,
    /// The instant that they are judged for, unless the award begins later.
    pub(super) now: Timestamp,
}

/// An award with its proof, before it is judged.
struct Signed {
    /// As its text reads.
    value: Arc<Value<'static>>,
    text: String,
}

impl Press {
    /// Makes it ready with a model. `None` if it does not give what the ordinary road gave for it.
    pub(super) fn ready(self, model: &Assertion, ordinary: &[u8], hand: Hand<'_>) -> Option<Ready> {
        let common = Common::of(&self.edition(model));
        let text = common.credential(&self.edition(model));
        let document = json::parse(&text).ok()?;
        let parts = Parts::of(&document, &Common::WAYS, contexts(), &Options::default()).ok()?;
        let suite = Suite::for_key(self.key.record.key_type)?;
        let method = self.key.method(&self.did);
        let web = Supplied::new(&self.web, hand.now);
        let ready = Ready { web, suite, method, common, parts, press: self };
        let made = ready.forms(std::slice::from_ref(model), hand).pop()?.ok()?;
        (made.bytes == ordinary).then_some(ready)
    }

    fn edition<'a>(&'a self, award: &'a Assertion) -> Edition<'a> {
        let Self { urls, issuer, class, did, .. } = self;
        Edition { urls, issuer, issuer_id: did, class, assertion: award }
    }
}

impl Ready {
    /// How much of an award is known beforehand: the parts that are taken over.
    #[cfg(test)]
    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Whose awards it signs.
    pub(super) fn issuer(&self) -> &IssuerProfile {
        &self.press.issuer
    }

    /// The version of the badge class whose awards it signs.
    pub(super) fn class(&self) -> &BadgeClass {
        &self.press.class
    }

    /// The key that signs.
    pub(super) fn key(&self) -> &KeptKey {
        &self.press.key
    }

    /// Signs awards, checks the signatures as a batch, and judges each as a stranger would.
    pub(super) fn forms(
        &self,
        awards: &[Assertion],
        hand: Hand<'_>,
    ) -> Vec<Result<Form, IssuerError>> {
        let mut prepared: Vec<Prepared> = Vec::with_capacity(awards.len());
        let signed: Vec<Result<(Signed, usize), IssuerError>> = awards
            .iter()
            .map(|award| {
                let text = self.common.credential(&self.press.edition(award));
                let (signed, ready) = self.sign(text, hand)?;
                prepared.push(ready);
                Ok((signed, prepared.len() - 1))
            })
            .collect();
        let verdicts = suite::verify_own(&prepared);
        let judged = |signed: Signed, at: usize, award: &Assertion| {
            let (Some(prepared), Some(verdict)) = (prepared.get(at), verdicts.get(at)) else {
                return Err(IssuerError::Worker);
            };
            self.judge(signed, prepared, verdict.is_ok(), award, hand)
        };
        signed
            .into_iter()
            .zip(awards)
            .map(|(signed, award)| signed.and_then(|(signed, at)| judged(signed, at, award)))
            .collect()
    }

    fn sign(&self, mut text: String, hand: Hand<'_>) -> Result<(Signed, Prepared), IssuerError> {
        // What is signed is the text that leaves, read the way a stranger reads it.
        let document =
            json::parse(&text).map_err(|error| IssuerError::Preflight(error.to_string()))?;
        let options = ProofOptions {
            verification_method: &self.method,
            created: Some(hand.made_at),
            ..ProofOptions::default()
        };
        let (proof, prepared) = suite::sign_prepared(
            Document::from(&document).with(&self.parts),
            self.suite,
            &options,
            hand.private,
            contexts(),
        )?;
        // What is judged is what was read and signed, with the proof that the text gets.
        let mut value = document.into_owned();
        if let Some(members) = value.as_object_mut() {
            members.insert("proof", Value::from(&proof));
        }
        add_proof(&mut text, &proof);
        debug_assert_eq!(json::parse(&text).as_ref(), Ok(&value), "the text says what is judged");
        Ok((Signed { value: Arc::new(value), text }, prepared))
    }

    fn judge(
        &self,
        signed: Signed,
        prepared: &Prepared,
        holds: bool,
        award: &Assertion,
        hand: Hand<'_>,
    ) -> Result<Form, IssuerError> {
        let at = award.valid_from.max(hand.now);
        let own = Own { value: &signed.value, prepared, holds };
        let report = preflight_own(&self.web, contexts(), at, own);
        report
            .may_leave()
            .map_err(|(check, message)| IssuerError::Preflight(format!("{check}: {message}")))?;
        Ok(Form {
            bytes: signed.text.into_bytes(),
            key: Some(self.press.key.record.id.clone()),
            made_at: hand.made_at,
        })
    }
}

/// Makes `proof` the last member of an object.
fn add_proof(object: &mut String, proof: &Json) {
    object.pop();
    // Writing to a `String` cannot fail.
    let _ = write!(object, ",\"proof\":{proof}}}");
}
