//! Offers of an award to its holder's wallet: a link that says which award, until when, and that we
//! said so. Nothing is kept of it.

use jiff::{SignedDuration, Timestamp};

use super::{Award, Issuer, IssuerError};
use crate::domain::{AccountId, AssertionId};
use crate::proof::encoding::{base64url, from_base64url};

/// How long an offer holds unless its maker says otherwise.
pub const OFFER_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How long an offer may hold.
pub const LONGEST_OFFER: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What the service's key signs of an offer begins so; nothing else that it signs does.
const DOMAIN: &str = "accolade wallet offer ";

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What stands in its link: whoever has it can put the award into a wallet.
    pub token: String,
    /// When it ends.
    pub expires: Timestamp,
}

impl Issuer {
    /// Offers an award of an account to its holder's wallet, for at most [`LONGEST_OFFER`].
    ///
    /// # Errors
    /// [`IssuerError::NotFound`]; [`IssuerError::Revoked`] and the like for an award that does not
    /// hold; what keys and store say.
    pub async fn offer(
        &self,
        account: &AccountId,
        id: &AssertionId,
        lifetime: SignedDuration,
    ) -> Result<Offer, IssuerError> {
        let award = self.award(account, id).await?;
        super::wallet_copy::may_be_taken(&award.assertion)?;
        let lifetime = lifetime.min(LONGEST_OFFER);
        let expires = self.0.clock.now_to_the_second().checked_add(lifetime);
        let expires = expires.unwrap_or(Timestamp::MAX);
        let said = format!("{id}.{}", expires.as_second());
        let signature = self.service_key().await?.sign(format!("{DOMAIN}{said}").as_bytes())?;
        Ok(Offer { token: format!("{said}.{}", base64url(&signature)), expires })
    }

    /// The award that an offer is of, and when the offer ends.
    ///
    /// # Errors
    /// [`IssuerError::Offer`] when it is none of ours or has ended, those of [`offer`](Self::offer).
    pub async fn offered(&self, token: &str) -> Result<(Award, Timestamp), IssuerError> {
        let mut parts = token.split('.');
        let (Some(id), Some(end), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IssuerError::Offer);
        };
        let signature = from_base64url(signature).map_err(|_| IssuerError::Offer)?;
        let key = self.service_key().await?;
        if !key.public().verifies(format!("{DOMAIN}{id}.{end}").as_bytes(), &signature) {
            return Err(IssuerError::Offer);
        }
        let end = end.parse().ok().and_then(|end| Timestamp::from_second(end).ok());
        let end = end.filter(|end| *end > self.0.clock.now()).ok_or(IssuerError::Offer)?;
        let id = AssertionId::parse(id).map_err(|_| IssuerError::Offer)?;
        let account = self.0.store.owner_of(id.as_str()).await?;
        let award = self.award(&account.ok_or(IssuerError::Offer)?, &id).await?;
        super::wallet_copy::may_be_taken(&award.assertion)?;
        Ok((award, end))
    }
}
