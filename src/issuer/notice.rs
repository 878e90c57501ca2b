//! Tells the holder of a new award, where the platform asks for it.

use super::{Issuer, IssuerError};
use crate::domain::{Assertion, AssertionDraft, HolderSecret, IdentityType, MailId, Problems};
use crate::store::{HolderLink, Mail, MailKind, Transaction};

impl Issuer {
    /// Whether messages leave here.
    pub fn sends_mail(&self) -> bool {
        self.0.mailer.sends()
    }

    /// Whether the holder is to be told of what a draft asks for.
    ///
    /// # Errors
    /// [`IssuerError::Invalid`] when she cannot be.
    pub(super) fn notice(&self, draft: &AssertionDraft) -> Result<bool, IssuerError> {
        self.cannot_notify(draft).or(draft.notify).map_err(IssuerError::from)
    }

    /// Why the holder cannot be told although that is asked for.
    pub(super) fn cannot_notify(&self, draft: &AssertionDraft) -> Problems {
        let mut problems = Problems::new();
        if draft.notify && !self.sends_mail() {
            let detail = "no mail leaves from here: the operator has not set [mail] up";
            problems.add("/notify", "mail-off", detail);
        }
        if draft.notify && !has_address(draft) {
            let detail = "the recipient has no e-mail address to write to";
            problems.add("/notify", "no-address", detail);
        }
        problems
    }

    /// Puts the message with what it tells of, and the link that it brings.
    pub(super) fn queue_notice(&self, tx: &mut Transaction<'_>, award: &Assertion) {
        let (secret, link) = self.new_link(tx.account(), &award.id);
        tx.add_holder_link(&secret, &link, &[]);
        self.queue_link(tx, &link, &secret, MailKind::Awarded);
    }

    /// Puts a message that brings a link.
    pub(super) fn queue_link(
        &self,
        tx: &mut Transaction<'_>,
        link: &HolderLink,
        secret: &HolderSecret,
        kind: MailKind,
    ) {
        tx.queue_mail(&Mail {
            id: MailId::random(&self.0.random),
            award: link.award.clone(),
            kind,
            secret: Some(secret.to_bytes()),
            created_at: link.created_at,
            due: link.created_at,
            tries: 0,
        });
    }
}

/// Whether the recipient is known by an e-mail address.
pub(super) fn has_address(draft: &AssertionDraft) -> bool {
    draft.recipient.identities.iter().any(|identity| identity.kind == IdentityType::Email)
}
