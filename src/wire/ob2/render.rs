//! An award as Open Badges 2.0 Assertion, hosted or to be signed.

use serde_json::{Value, json};

use super::CONTEXT;
use crate::domain::{
    Assertion, AssertionId, BadgeClass, Evidence, HashedIdentity, Identity, IdentityType,
    IssuerProfile, Recipient,
};
use crate::urls::{BadgeForm, Urls};
use crate::wire::members::{Members, number};

/// How an Open Badges 2.0 assertion is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// By fetching its `id`.
    Hosted,
    /// By the signature around it.
    Signed,
}

/// The Assertion under the issuer's `key_number`th RSA profile. `None` when the recipient is known
/// only by something that Open Badges 2.0 has no word for.
///
/// It never carries evidence that is not public, nor a name.
pub fn assertion(
    urls: &Urls,
    issuer: &IssuerProfile,
    key_number: u32,
    class: &BadgeClass,
    award: &Assertion,
    hosting: Hosting,
) -> Option<Value> {
    let slug = &issuer.slug;
    let mut members = Members::new();
    members.set("@context", CONTEXT);
    members.set("type", "Assertion");
    match hosting {
        Hosting::Hosted => {
            members.set("id", urls.ob2_assertion(&award.id));
            members.set("image", urls.badge_form(&award.id, BadgeForm::Ob2Png));
            members.set("verification", json!({ "type": "HostedBadge" }));
        }
        Hosting::Signed => {
            members.set("id", format!("urn:uuid:{}", award.uuid));
            // Optional by the specification, but validators in use fail without `creator`.
            members.set(
                "verification",
                json!({ "type": "SignedBadge", "creator": urls.ob2_key(slug, key_number) }),
            );
        }
    }
    members.set("recipient", recipient(&award.recipient)?);
    members.set("badge", urls.ob2_badge_class(slug, key_number, &class.reference()));
    members.set("issuedOn", award.issued_on.to_string());
    members.set_if("expires", award.expires.map(|end| end.to_string()));
    members.set_list("evidence", award.evidence.iter().filter(|item| item.public).map(evidence));
    members.set_if("narrative", narrative(class, award));
    // A new edition has a new id and is related to the old one (Open Badges 2.0, related).
    let former = award.renews.as_ref();
    members.set_if("related", former.map(|id| json!({ "id": urls.ob2_assertion(id) })));
    Some(members.done())
}

/// What a revoked or suspended hosted assertion answers, with status 410: validators in use take a
/// full body at 410 for a valid badge, so nothing else stands in it.
pub fn revoked(urls: &Urls, id: &AssertionId, reason: Option<&str>) -> Value {
    let mut members = Members::new();
    members.set("@context", CONTEXT);
    members.set("id", urls.ob2_assertion(id));
    members.set("revoked", true);
    members.set_if("revocationReason", reason);
    members.done()
}

/// The first identity of a recipient that Open Badges 2.0 has a word for, and that word.
pub fn recipient_form(recipient: &Recipient) -> Option<(&Identity, &'static str)> {
    recipient.identities.iter().find_map(|identity| {
        let word = match identity.kind {
            IdentityType::Email => "email",
            IdentityType::Url => "url",
            IdentityType::Telephone => "telephone",
            IdentityType::Did | IdentityType::Other(_) => return None,
        };
        Some((identity, word))
    })
}

fn recipient(recipient: &Recipient) -> Option<Value> {
    let (identity, word) = recipient_form(recipient)?;
    let mut members = Members::new();
    members.set("type", word);
    members.set("hashed", recipient.hashed);
    if recipient.hashed {
        let HashedIdentity { hash, salt } = recipient.hash(identity);
        members.set("identity", hash);
        members.set("salt", salt);
    } else {
        members.set("identity", identity.value.as_str());
    }
    Some(members.done())
}

fn evidence(item: &Evidence) -> Value {
    let mut members = Members::new();
    members.set_if("id", item.url.as_ref().map(|url| url.as_str()));
    members.set("type", "Evidence");
    members.set_if("name", item.name.as_deref());
    members.set_if("description", item.description.as_deref());
    members.set_if("narrative", item.narrative.as_deref());
    members.set_if("genre", item.genre.as_deref());
    members.set_if("audience", item.audience.as_deref());
    members.done()
}

/// The award's narrative, then what Open Badges 2.0 has no terms for as a Markdown list.
fn narrative(class: &BadgeClass, award: &Assertion) -> Option<String> {
    let mut lines = Vec::new();
    for reached in &award.results {
        let Some(description) = class.result_description(&reached.description) else { continue };
        let level = reached.level.as_ref().and_then(|code| description.level(code));
        let said: Vec<&str> = level
            .map(|level| level.name.as_str())
            .into_iter()
            .chain(reached.value.as_deref())
            .chain(reached.status.map(|status| status.as_str()))
            .collect();
        lines.push(format!("- {}: {}", description.name, said.join(", ")));
    }
    if let Some(credits) = award.credits_earned {
        lines.push(format!("- Credits earned: {}", number(credits.number())));
    }
    let list = (!lines.is_empty()).then(|| format!("Results:\n\n{}", lines.join("\n")));
    let parts: Vec<&str> = award.narrative.as_deref().into_iter().chain(list.as_deref()).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}
