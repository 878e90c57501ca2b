//! Presses that are kept: the awards of a badge class are seldom minted one alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::press::{Hand, Press, Ready};
use super::{Issuer, IssuerError, KeyRing};
use crate::domain::{Assertion, BadgeClass, BadgeClassId, IssuerProfile};
use crate::proof::key::KeyType;
use crate::store::Form;

/// Presses kept, some 100 KB each; beyond that it begins anew.
const KEPT: usize = 64;

/// The presses, by badge class. None of them holds a private key.
pub(super) type Presses = Mutex<HashMap<BadgeClassId, Arc<Model>>>;

/// A press, and the keys that it was made with.
pub(super) struct Model {
    pub(super) ready: Ready,
    pub(super) ring: Arc<KeyRing>,
}

impl Issuer {
    /// The press for awards of this version of a badge class by this issuer with these keys, if one
    /// is kept.
    pub(super) fn press_of(
        &self,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        ring: &Arc<KeyRing>,
    ) -> Option<Arc<Model>> {
        let presses = self.0.presses.lock().unwrap_or_else(PoisonError::into_inner);
        let model = presses.get(&class.id)?;
        let fits = Arc::ptr_eq(&model.ring, ring)
            && model.ready.class() == class
            && model.ready.issuer() == issuer;
        fits.then(|| Arc::clone(model))
    }

    /// The Data Integrity form, which is signed at mint: from the press that is kept, or on the
    /// ordinary road, which then becomes a press.
    pub(super) async fn first_form(
        &self,
        award: &Assertion,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        ring: &Arc<KeyRing>,
    ) -> Result<Form, IssuerError> {
        if let Some(model) = self.press_of(issuer, class, ring) {
            let private = self.private(model.ready.key()).await?;
            let hand = self.hand(&private);
            let form = model.ready.forms(std::slice::from_ref(award), hand).pop();
            return form.unwrap_or(Err(IssuerError::Worker));
        }
        let form = self.ordinary_form(award, issuer, class, ring).await?;
        let key = ring.signer(KeyType::Ed25519)?.clone();
        let private = self.private(&key).await?;
        let press = Press {
            urls: self.0.urls.clone(),
            did: ring.did(&self.0.urls, &issuer.slug).unwrap_or_default(),
            key,
            web: self.ob3_web(issuer, ring),
            issuer: issuer.clone(),
            class: class.clone(),
        };
        let hand = Hand { made_at: form.made_at, ..self.hand(&private) };
        if let Some(ready) = press.ready(award, &form.bytes, hand) {
            let model = Arc::new(Model { ready, ring: Arc::clone(ring) });
            let mut presses = self.0.presses.lock().unwrap_or_else(PoisonError::into_inner);
            if presses.len() >= KEPT {
                presses.clear();
            }
            presses.insert(class.id.clone(), model);
        }
        Ok(form)
    }

    /// What signs now.
    pub(super) fn hand<'a>(&self, private: &'a crate::proof::key::PrivateKey) -> Hand<'a> {
        let clock = &self.0.clock;
        Hand { private, made_at: clock.now_to_the_second(), now: clock.now() }
    }
}
