//! The holder's own page of an award: links to it, and what it opens.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::erase::not_erased;
use super::mandate::Noted;
use super::{Award, Done, Issuer, IssuerError, Mandate};
use crate::domain::{
    AccountId, AssertionId, Email, HolderSecret, Identity, IdentityType, Visibility,
};
use crate::store::{HolderLink, MailKind};

/// Links that a holder may ask for by herself in an hour.
const ASKED_AN_HOUR: usize = 3;

/// What a link opens.
#[derive(Clone, Debug)]
pub struct HolderPage {
    /// The award, whoever may read it otherwise.
    pub award: Award,
    /// From when on the link opens nothing.
    pub expires_at: Timestamp,
    /// How often the award was verified here.
    pub verifications: u64,
}

impl Issuer {
    /// Makes a link to the holder's page of an award, for a platform that brings it to her itself.
    /// The answer holds the link, which is nowhere else.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], [`IssuerError::Erased`], and what the store says.
    pub async fn make_holder_link(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
    ) -> Result<Done<HolderLink>, IssuerError> {
        let store = &self.0.store;
        let found = store.assertion(mandate.account, id).await?;
        let found = found.ok_or(IssuerError::NotFound("assertion"))?;
        not_erased(&found.value)?;
        let (secret, link) = self.new_link(mandate.account, id);
        let present = store.holder_links(mandate.account, id).await?;
        let expires = link.expires_at.to_string();
        let answer = json!({
            "assertion": id.as_str(), "url": self.0.urls.holder(&secret), "expires": expires,
        });
        let mut tx = store.begin(mandate.account);
        // Who is erased meanwhile leaves no link behind.
        tx.expect_assertion(id, found.version);
        tx.add_holder_link(&secret, &link, &present);
        let noted = Noted {
            kind: "holderLink.created",
            subject: id.as_str(),
            answer: &answer,
            detail: json!({ "expires": expires }),
        };
        tx.note_privately(mandate, &noted, link.created_at);
        tx.commit().await?;
        Ok(Done { value: link, answer })
    }

    /// Takes all links to the holder's page of an award back; gives how many there were.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn revoke_holder_links(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
    ) -> Result<usize, IssuerError> {
        let store = &self.0.store;
        let found = store.assertion(mandate.account, id).await?;
        found.ok_or(IssuerError::NotFound("assertion"))?;
        let links = store.holder_links(mandate.account, id).await?;
        let mut tx = store.begin(mandate.account);
        tx.drop_holder_links(&links);
        let noted = Noted {
            kind: "holderLink.revoked",
            subject: id.as_str(),
            answer: &Value::Null,
            detail: json!({ "links": links.len() }),
        };
        tx.note_privately(mandate, &noted, self.0.clock.now());
        tx.commit().await?;
        Ok(links.len())
    }

    /// What a link opens; [`IssuerError::NotFound`] when it opens nothing (any more).
    ///
    /// # Errors
    /// And what the store says.
    pub async fn holder_page(&self, secret: &HolderSecret) -> Result<HolderPage, IssuerError> {
        let missing = || IssuerError::NotFound("page");
        let link = self.0.store.holder_link(secret, self.0.clock.now()).await?;
        let HolderLink { account, award, expires_at, .. } = link.ok_or_else(missing)?;
        let verifications = self.0.store.verifications_of(&account, &award).await?;
        let award = self.award(&account, &award).await?;
        not_erased(&award.assertion).map_err(|_| missing())?;
        Ok(HolderPage { award, expires_at, verifications })
    }

    /// Sends the link to the holder's page of an award to `email` if that is the address it was
    /// awarded to, and she did not ask too often. Whether it was is for nobody to be told.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ask_holder_link(
        &self,
        id: &AssertionId,
        email: &Email,
    ) -> Result<bool, IssuerError> {
        let store = &self.0.store;
        let Some((account, found)) = store.find_assertion(id).await? else { return Ok(false) };
        let award = &found.value;
        if award.visibility == Visibility::Private || award.erased_at.is_some() {
            return Ok(false);
        }
        let given = Identity { kind: IdentityType::Email, value: email.as_str().to_owned() };
        let given = award.recipient.hash(&given);
        let known = award.recipient.identities.iter().filter(|one| one.kind == IdentityType::Email);
        if !known.into_iter().any(|one| award.recipient.hash(one) == given) {
            return Ok(false);
        }
        let (secret, link) = self.new_link(&account, id);
        let present = store.holder_links(&account, id).await?;
        let lately = link.created_at.checked_sub(SignedDuration::from_hours(1));
        let lately = lately.unwrap_or(Timestamp::MIN);
        if present.iter().filter(|one| one.link.created_at > lately).count() >= ASKED_AN_HOUR {
            return Ok(false);
        }
        let mandate = Mandate::of(&account, "holder");
        let mut tx = store.begin(&account);
        tx.expect_assertion(id, found.version);
        tx.add_holder_link(&secret, &link, &present);
        self.queue_link(&mut tx, &link, &secret, MailKind::Link);
        let noted = Noted {
            kind: "holderLink.asked",
            subject: id.as_str(),
            answer: &Value::Null,
            detail: json!({ "expires": link.expires_at.to_string() }),
        };
        tx.note_privately(&mandate, &noted, link.created_at);
        tx.commit().await?;
        Ok(true)
    }

    /// A link that is not kept yet.
    pub(super) fn new_link(
        &self,
        account: &AccountId,
        award: &AssertionId,
    ) -> (HolderSecret, HolderLink) {
        let now = self.0.clock.now();
        let lives = SignedDuration::from_hours(24 * i64::from(self.0.holder_link_days));
        let link = HolderLink {
            account: account.clone(),
            award: award.clone(),
            created_at: now,
            expires_at: now.checked_add(lives).unwrap_or(Timestamp::MAX),
        };
        (HolderSecret::random(&self.0.random), link)
    }
}
