//! An award as the API answers it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{
    AchievedResult, Assertion, AssertionState, Change, Evidence, IdentityType, IssuerProfile,
    Recipient, StatusPurpose, Visibility,
};
use crate::urls::{BadgeForm, Urls};
use crate::wire::members::{Members, number};
use crate::wire::ob2::recipient_form;

/// The object of an award, with its state at `now`.
pub fn assertion_answer(
    urls: &Urls,
    issuer: &IssuerProfile,
    award: &Assertion,
    now: Timestamp,
) -> Value {
    let mut members = Members::new();
    members.set("id", award.id.as_str());
    members.set("url", urls.badge(&award.id));
    members.set("state", award.state_word(now));
    members.set("badgeClass", award.badge_class.id.as_str());
    members.set("badgeClassVersion", award.badge_class.version);
    members.set("issuer", award.issuer.as_str());
    members.set("recipient", recipient(&award.recipient));
    members.set("issuedOn", award.issued_on.to_string());
    members.set("validFrom", award.valid_from.to_string());
    members.set_if("expires", award.expires.map(|end| end.to_string()));
    members.set_list("evidence", award.evidence.iter().map(evidence));
    members.set_list("results", award.results.iter().map(result));
    members.set_if("narrative", award.narrative.as_deref());
    members.set_if("role", award.role.as_deref());
    members.set_if("term", award.term.as_deref());
    members.set_if("activityStart", award.activity_start.map(|at| at.to_string()));
    members.set_if("activityEnd", award.activity_end.map(|at| at.to_string()));
    members.set_if("creditsEarned", award.credits_earned.map(|c| number(c.number())));
    members.set_if(
        "source",
        award.source.as_ref().map(|source| {
            let mut members = Members::new();
            members.set("url", source.url.as_str());
            members.set_if("name", source.name.as_deref());
            members.done()
        }),
    );
    members.set_if("licenseNumber", award.license_number.as_deref());
    members.set_if("externalId", award.external_id.as_deref());
    members.set("visibility", visibility(award.visibility));
    match &award.state {
        AssertionState::Active => {}
        AssertionState::Suspended(why) => members.set("suspension", change(why)),
        AssertionState::Revoked(why) => members.set("revocation", change(why)),
    }
    members.set_if(
        "correction",
        award.correction.as_ref().map(|correction| {
            let mut members = Members::new();
            members.set("at", correction.at.to_string());
            members.set_if("reason", correction.reason.as_deref());
            members.set_if("publicReason", correction.public_reason.as_deref());
            members.done()
        }),
    );
    members.set_if("renews", award.renews.as_ref().map(|id| id.as_str()));
    members.set_if("renewedBy", award.renewed_by.as_ref().map(|id| id.as_str()));
    members.set_if("erasedAt", award.erased_at.map(|at| at.to_string()));
    members.set("createdAt", award.created_at.to_string());
    members.set("revision", award.revision);
    members.set("links", links(urls, issuer, award));
    members.done()
}

fn recipient(recipient: &Recipient) -> Value {
    let mut members = Members::new();
    let mut others = Vec::new();
    for identity in &recipient.identities {
        match &identity.kind {
            IdentityType::Other(term) => {
                others.push(json!({ "identifier": identity.value, "identifierType": term }));
            }
            kind => members.set(kind.as_str(), identity.value.as_str()),
        }
    }
    members.set_list("identifier", others);
    members.set_if("name", recipient.name.as_deref());
    members.set("namePublic", recipient.name_public);
    members.set("hashed", recipient.hashed);
    members.done()
}

fn evidence(item: &Evidence) -> Value {
    let mut members = Members::new();
    members.set_if("url", item.url.as_ref().map(|url| url.as_str()));
    members.set_if("name", item.name.as_deref());
    members.set_if("description", item.description.as_deref());
    members.set_if("narrative", item.narrative.as_deref());
    members.set_if("genre", item.genre.as_deref());
    members.set_if("audience", item.audience.as_deref());
    members.set("public", item.public);
    members.set_if("sha256", item.sha256.as_deref());
    members.done()
}

fn result(result: &AchievedResult) -> Value {
    let mut members = Members::new();
    members.set("resultDescription", result.description.as_str());
    members.set_if("achievedLevel", result.level.as_ref().map(|code| code.as_str()));
    members.set_if("value", result.value.as_deref());
    members.set_if("status", result.status.map(|status| status.as_str()));
    members.done()
}

fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Unlisted => "unlisted",
        Visibility::Private => "private",
    }
}

fn change(change: &Change) -> Value {
    let mut members = Members::new();
    members.set("at", change.at.to_string());
    members.set("reason", change.reason.as_str());
    members.set_if("publicReason", change.public_reason.as_deref());
    members.done()
}

/// Where its forms are. A private award has none that answers, only its status list; one whose
/// recipient Open Badges 2.0 has no word for has no Open Badges 2.0 form.
fn links(urls: &Urls, issuer: &IssuerProfile, award: &Assertion) -> Value {
    let mut members = Members::new();
    let form = |form| urls.badge_form(&award.id, form);
    if award.visibility != Visibility::Private {
        members.set("page", urls.badge(&award.id));
        members.set("ob3", form(BadgeForm::Json));
        members.set("jwt", form(BadgeForm::Jwt));
        if recipient_form(&award.recipient).is_some() {
            members.set("ob2", urls.ob2_assertion(&award.id));
            members.set("ob2jws", form(BadgeForm::Ob2Jws));
        }
        members.set("png", form(BadgeForm::Png));
        members.set("svg", form(BadgeForm::Svg));
        if cfg!(feature = "pdf") {
            members.set("pdf", form(BadgeForm::Pdf));
        }
    }
    members.set_if(
        "status",
        award
            .status_entry(StatusPurpose::Revocation)
            .map(|entry| urls.status_list(&issuer.slug, entry.purpose, entry.list)),
    );
    members.done()
}
