//! Awards to fill a store with.

use accolade::domain::{
    Assertion, AssertionId, AssertionState, BadgeClassId, BadgeClassRef, Evidence, Identity,
    IdentityType, IssuerId, KeyId, Recipient, StatusEntry, Visibility, WebUrl,
};
use accolade::store::{AuditRow, Event, Form, FormKind, Transaction};
use accolade::world::Random;
use jiff::Timestamp;

/// When everything here happens.
pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// An award of the size of the reference credential's facts.
pub(crate) fn award(
    random: &Random,
    issuer: &IssuerId,
    badge_class: &BadgeClassId,
    number: usize,
    status: StatusEntry,
) -> Assertion {
    let email = format!("teacher{number}@schools.example");
    Assertion {
        id: AssertionId::random(random),
        uuid: random.uuid(),
        subject_uuid: random.uuid(),
        badge_class: BadgeClassRef { id: badge_class.clone(), version: 1 },
        issuer: issuer.clone(),
        recipient: Recipient {
            identities: vec![Identity { kind: IdentityType::Email, value: email }],
            name: Some(format!("Teacher {number}")),
            name_public: false,
            hashed: true,
            salt: "sel gris".to_owned(),
        },
        issued_on: noon(),
        valid_from: noon(),
        expires: None,
        evidence: vec![Evidence {
            url: Some(WebUrl::parse("https://example.org/evidence").unwrap()),
            name: Some("Observation".to_owned()),
            description: None,
            narrative: Some("Led a cycle of coaching. ".repeat(40)),
            genre: Some("Observation notes".to_owned()),
            audience: None,
            public: true,
            sha256: None,
        }],
        results: Vec::new(),
        narrative: None,
        role: None,
        term: None,
        activity_start: None,
        activity_end: None,
        credits_earned: None,
        source: None,
        license_number: None,
        external_id: Some(random.uuid().to_string()),
        visibility: Visibility::Unlisted,
        state: AssertionState::Active,
        status: vec![status],
        correction: None,
        renews: None,
        renewed_by: None,
        erased_at: None,
        key: KeyId::random(random),
        created_at: noon(),
        revision: 1,
    }
}

/// A signed form's stand-in, which names its award so that a mix-up shows.
pub(crate) fn form(assertion: &Assertion) -> Form {
    let bytes = format!("{} {}", assertion.id, "signed ".repeat(500)).into_bytes();
    Form { bytes, key: Some(assertion.key.clone()), made_at: noon() }
}

/// Everything that minting writes in one batch.
pub(crate) fn stage(tx: &mut Transaction<'_>, assertion: &Assertion) {
    let subject = assertion.id.to_string();
    tx.insert_assertion(assertion);
    tx.set_form(&assertion.id, FormKind::Ob3, form(assertion));
    tx.event(Event {
        kind: "assertion.issued".to_owned(),
        subject: subject.clone(),
        at: noon(),
        data: serde_json::Value::Null,
    });
    tx.audit(&AuditRow {
        at: noon(),
        actor: "test".to_owned(),
        action: "assertion.mint".to_owned(),
        subject,
        request: None,
        detail: serde_json::Value::Null,
    });
}
