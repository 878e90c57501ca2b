//! Copies for a holder's wallet: the award as its public document says it, with the DID that the
//! holder proved. A copy keeps the badge's id, status and dates, so that a revocation reaches it; it
//! never takes the place of the public document.

use serde_json::json;

use super::forms::CREDENTIAL;
use super::mandate::Noted;
use super::{Award, Issuer, IssuerError, Mandate, Served};
use crate::domain::{Assertion, AssertionState, Identity, IdentityType, Recipient};
use crate::proof::key::KeyType;
use crate::store::Form;
use crate::wire::ob3;

/// The forms in which wallets take credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletFormat {
    /// With a Data Integrity proof, JSON-LD (`ldp_vc`).
    LdpVc,
    /// As VC-JWT (`jwt_vc_json`).
    JwtVcJson,
}

/// Who asks for copies, in the audit trail.
const ACTOR: &str = "wallet";

impl Issuer {
    /// A copy of an award for the wallet of whoever proved to hold `did`. It is noted in the
    /// issuance record before it leaves.
    ///
    /// # Errors
    /// [`IssuerError::OtherHolder`], [`IssuerError::Revoked`] and the like for an award that does
    /// not hold, [`IssuerError::Preflight`], and what keys and store say.
    pub async fn wallet_copy(
        &self,
        award: &Award,
        did: &str,
        format: WalletFormat,
        request: Option<&str>,
    ) -> Result<Served, IssuerError> {
        self.of_present(award, |changed| async move {
            self.copy_once(changed.as_ref().unwrap_or(award), did, format, request).await
        })
        .await
    }

    async fn copy_once(
        &self,
        award: &Award,
        did: &str,
        format: WalletFormat,
        request: Option<&str>,
    ) -> Result<Served, IssuerError> {
        let Award { account, assertion, version, class, issuer, keys } = award;
        may_be_taken(assertion)?;
        if assertion.recipient.did().is_some_and(|known| known != did) {
            return Err(IssuerError::OtherHolder(assertion.id.clone()));
        }
        let urls = &self.0.urls;
        let held =
            Assertion { recipient: known_by(&assertion.recipient, did), ..assertion.clone() };
        let key = keys.signer(KeyType::Ed25519)?;
        let issuer_id = keys.did(urls, &issuer.slug).unwrap_or_default();
        let edition = ob3::Edition { urls, issuer, issuer_id: &issuer_id, class, assertion: &held };
        let made_at = self.0.clock.now_to_the_second();
        let (content_type, bytes) = match format {
            WalletFormat::LdpVc => {
                let document = ob3::credential(&edition);
                (CREDENTIAL, self.secure(document, &issuer_id, key, made_at).await?)
            }
            WalletFormat::JwtVcJson => {
                let (payload, kid) = (ob3::jwt_payload(&edition), key.jwt_method(&issuer_id));
                ("text/plain", self.token(&payload, Some(kid), Some("JWT"), key).await?)
            }
        };
        self.preflight(&bytes, &held, &self.ob3_web(issuer, keys))?;

        let form = Form { bytes, key: Some(key.record.id.clone()), made_at };
        let sha256 = crate::store::blobs::hex_digest(&form.bytes);
        let answer = self.assertion_answer(account, assertion).await?;
        let mut tx = self.0.store.begin(account);
        tx.expect_assertion(&assertion.id, *version);
        keys.expect_signer(&mut tx, &form);
        tx.note_copy(&assertion.id, &form, &sha256);
        let mandate = Mandate { request, ..Mandate::of(account, ACTOR) };
        let noted = Noted {
            kind: "assertion.claimed",
            subject: assertion.id.as_str(),
            answer: &answer,
            detail: json!({ "sha256": sha256, "key": key.record.id.as_str() }),
        };
        self.note(&mut tx, &mandate, &noted)?;
        tx.commit().await?;
        Ok(Served { content_type, bytes: form.bytes })
    }
}

/// Whether a wallet may take an award: it must hold, and its person must not have been erased.
pub(super) fn may_be_taken(assertion: &Assertion) -> Result<(), IssuerError> {
    super::erase::not_erased(assertion)?;
    match assertion.state {
        AssertionState::Active => Ok(()),
        AssertionState::Suspended(_) => Err(IssuerError::Suspended(assertion.id.clone())),
        AssertionState::Revoked(_) => Err(IssuerError::Revoked(assertion.id.clone())),
    }
}

/// The same person, known by this DID before all else.
fn known_by(recipient: &Recipient, did: &str) -> Recipient {
    let mut known = recipient.clone();
    known.identities.retain(|identity| identity.kind != IdentityType::Did);
    known.identities.insert(0, Identity { kind: IdentityType::Did, value: did.to_owned() });
    known
}
