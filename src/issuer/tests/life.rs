//! Corrections and renewals: what stays, what moves, and that every form says the same at once.

use serde_json::{Value, json};

use super::super::{Done, IssuerError};
use super::{Bench, HTTP, HTTPS, at, holds, why};
use crate::domain::{Amend, Assertion, ReissueDraft, RenewDraft};
use crate::json as strict;
use crate::store::Page;
use crate::urls::BadgeForm;
use crate::wire::rest;

fn reissue(body: Value) -> ReissueDraft {
    rest::reissue_draft(&strict::Value::from(&body)).unwrap()
}

fn renew(body: Value) -> RenewDraft {
    rest::renew_draft(&strict::Value::from(&body)).unwrap()
}

async fn corrected(bench: &Bench, award: &Assertion, body: Value) -> Done<Assertion> {
    bench.issuer.reissue(&bench.mandate(), &award.id, reissue(body)).await.unwrap()
}

/// The credential inside a form, or the claims of the token that it is.
fn inside(form: BadgeForm, bytes: &[u8]) -> Value {
    match form {
        BadgeForm::Png | BadgeForm::Svg | BadgeForm::Ob2Png | BadgeForm::Ob2Svg => {
            let unbaked = crate::baking::unbake(bytes).unwrap();
            serde_json::from_str(unbaked.content.as_str()).unwrap()
        }
        BadgeForm::Json | BadgeForm::Ob2Json => serde_json::from_slice(bytes).unwrap(),
        _ => {
            let text = std::str::from_utf8(bytes).unwrap();
            let token = crate::proof::jws::Compact::parse(text).unwrap();
            serde_json::from_slice(token.payload()).unwrap()
        }
    }
}

const FORMS: [BadgeForm; 10] = [
    BadgeForm::Json,
    BadgeForm::Jwt,
    BadgeForm::JwtRs256,
    BadgeForm::JwtEdDsa,
    BadgeForm::Png,
    BadgeForm::Svg,
    BadgeForm::Ob2Json,
    BadgeForm::Ob2Jws,
    BadgeForm::Ob2Png,
    BadgeForm::Ob2Svg,
];

#[tokio::test]
async fn a_correction_keeps_the_award_and_every_form_says_it_at_once() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    for form in FORMS {
        let said = inside(form, &bench.form(&award.id, form).await).to_string();
        assert!(said.contains("One cycle.") && !said.contains("Two cycles"), "{form:?}");
    }
    let body = json!({
        "narrative": "Two cycles of coaching.",
        "recipient": { "email": "amara.berg@schools.example.org" },
        "reason": "new name", "publicReason": "Name corrected",
    });
    bench.clock.set(at("2026-05-01T08:00:00Z"));
    let done = corrected(&bench, &award, body.clone()).await;
    let after = &done.value;
    assert_eq!((&after.id, &after.uuid, &after.status), (&award.id, &award.uuid, &award.status));
    assert_eq!((after.issued_on, after.created_at), (award.issued_on, award.created_at));
    assert_eq!(after.valid_from, at("2026-05-01T08:00:00Z"));
    assert_eq!((after.revision, after.badge_class.version), (2, award.badge_class.version));
    assert_eq!(done.answer["correction"]["publicReason"], "Name corrected");
    let hash =
        crate::domain::HashedIdentity::new("amara.berg@schools.example.org", &award.recipient.salt);
    for form in FORMS {
        let said = inside(form, &bench.form(&award.id, form).await);
        let text = said.to_string();
        assert!(text.contains("Two cycles of coaching."), "{form:?}");
        assert!(text.contains(&hash.hash) && !text.contains("new name"), "{form:?}");
        if said.get("awardedDate").is_some() {
            assert_eq!(said["awardedDate"], award.issued_on.to_string(), "{form:?}");
            assert_eq!(said["validFrom"], "2026-05-01T08:00:00Z", "{form:?}");
        } else {
            assert_eq!(said["issuedOn"], award.issued_on.to_string(), "{form:?}");
        }
    }
    let did = "did:web:badges.example.org:issuers:tm";
    let controller = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    let credential = bench.get_json(&bench.issuer.urls().badge(&award.id)).await;
    assert!(holds(&credential, &controller, did));

    // The same again changes nothing, whenever it comes.
    bench.clock.set(at("2026-05-02"));
    assert_eq!(corrected(&bench, &award, body).await.value, *after);
    let page = Page::first(20);
    let events = bench.issuer.store().events(&bench.account, &page).await.unwrap();
    let kinds = events.items.iter().filter(|(_, event)| event.kind == "assertion.reissued");
    assert_eq!(kinds.count(), 1);
    let audit = bench.issuer.store().audit(&bench.account, &page).await.unwrap();
    let row = &audit.items.last().unwrap().1;
    assert_eq!((row.actor.as_str(), &row.detail["reason"]), ("test", &json!(null)));
    let why = bench.issuer.store().reasons(&bench.account, award.id.as_str(), &page).await.unwrap();
    assert_eq!(why.items.last().unwrap().reason.as_deref(), Some("new name"));
    assert_eq!(row.detail["sha256"].as_str().unwrap().len(), 64);
    let known = crate::store::AssertionFilter {
        recipient: Some(after.recipient.identities[0].clone()),
        ..Default::default()
    };
    let now = at("2026-05-02");
    let found = bench.issuer.store().assertions(&bench.account, &known, &page, now).await.unwrap();
    assert_eq!(found.items.len(), 1, "it is found under the corrected address");
}

#[tokio::test]
async fn an_edition_is_always_later_than_the_one_before() {
    let bench = Bench::new(HTTP).await;
    let award = bench.mint("1").await;
    let past = json!({ "role": "Coach", "validFrom": "2020-01-01" });
    let after = corrected(&bench, &award, past).await.value;
    assert_eq!(after.valid_from.as_second(), award.valid_from.as_second() + 1);
    let future = json!({ "role": "Lead", "validFrom": "2027-01-01" });
    let done = corrected(&bench, &award, future).await;
    assert_eq!(done.answer["state"], "notYetValid");
    let again = corrected(&bench, &award, json!({ "role": "Coach" })).await;
    assert_eq!(again.value.valid_from, at("2027-01-01T00:00:01Z"));
}

#[tokio::test]
async fn a_correction_is_held_to_the_class_and_to_the_calendar() {
    let bench = Bench::new(HTTP).await;
    let award = bench.mint("1").await;
    let refused = async |body: Value| {
        let draft = reissue(body);
        let done = bench.issuer.reissue(&bench.mandate(), &award.id, draft).await;
        let Err(IssuerError::Invalid(problems)) = done else { panic!("refused") };
        problems.0.iter().map(|p| format!("{} {}", p.pointer, p.code)).collect::<Vec<_>>()
    };
    assert_eq!(
        refused(json!({ "evidence": [], "results": null })).await,
        [
            "/results missing-result",
            "/results missing-result",
            "/results missing-result",
            "/evidence missing-evidence"
        ]
    );
    assert_eq!(
        refused(json!({ "expires": "2026-03-30", "activityStart": "2026-08-01" })).await,
        ["/expires out-of-order", "/activityEnd out-of-order"]
    );
    assert_eq!(
        refused(json!({ "recipient": { "name": null, "namePublic": true } })).await,
        ["/recipient/namePublic nothing-to-show"]
    );
    let found = bench.issuer.store().assertion(&bench.account, &award.id).await.unwrap().unwrap();
    assert_eq!(found.value, award, "nothing was changed");

    bench.issuer.revoke(&bench.mandate(), &award.id, &why("x")).await.unwrap();
    let draft = reissue(json!({ "role": "Coach" }));
    let refused = bench.issuer.reissue(&bench.mandate(), &award.id, draft).await;
    assert!(matches!(refused, Err(IssuerError::Revoked(_))));
    let stranger = crate::domain::AccountId::random(&crate::world::Random::seeded(9));
    let mandate = super::super::Mandate::of(&stranger, "test");
    let refused = bench.issuer.reissue(&mandate, &award.id, ReissueDraft::default()).await;
    assert!(matches!(refused, Err(IssuerError::NotFound("assertion"))));
}

/// A form that was signed while its award was corrected never becomes the form of the newer edition.
#[tokio::test]
async fn a_form_of_a_former_edition_is_not_kept() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let former = bench.issuer.public_award(&award.id).await.unwrap();
    corrected(&bench, &award, json!({ "narrative": "Two cycles." })).await;
    let served = bench.issuer.form(&former, BadgeForm::Ob2Jws).await.unwrap();
    let said = inside(BadgeForm::Ob2Jws, &served.bytes).to_string();
    assert!(said.contains("Two cycles."), "{said}");
    assert_eq!(bench.form(&award.id, BadgeForm::Ob2Jws).await, served.bytes);
}

#[tokio::test]
async fn corrections_at_the_same_time_all_count() {
    let bench = Bench::new(HTTP).await;
    let award = bench.mint("1").await;
    let mandate = bench.mandate();
    let drafts = [
        json!({ "role": "A" }),
        json!({ "term": "B" }),
        json!({ "licenseNumber": "C" }),
        json!({ "creditsEarned": 7 }),
    ];
    let done = futures_util::future::join_all(
        drafts.into_iter().map(|body| bench.issuer.reissue(&mandate, &award.id, reissue(body))),
    )
    .await;
    assert!(done.iter().all(Result::is_ok));
    let after = bench.issuer.store().assertion(&bench.account, &award.id).await.unwrap().unwrap();
    let after = after.value;
    assert_eq!((after.role.as_deref(), after.term.as_deref()), (Some("A"), Some("B")));
    assert_eq!((after.license_number.as_deref(), after.revision), (Some("C"), 5));
    let credential: Value =
        serde_json::from_slice(&bench.form(&award.id, BadgeForm::Json).await).unwrap();
    assert_eq!(credential["credentialSubject"]["creditsEarned"], json!(7));
    assert_eq!(credential["validFrom"], after.valid_from.to_string());
}

#[tokio::test]
async fn a_renewal_is_a_new_award_and_each_names_the_other() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let before = bench.form(&award.id, BadgeForm::Json).await;
    let mandate = bench.mandate();
    let draft = renew(json!({ "externalId": "2", "term": "TM-2029", "reason": "second cycle" }));
    let done = bench.issuer.renew(&mandate, &award.id, draft).await.unwrap();
    let successor = &done.value;
    assert_ne!((&successor.id, &successor.status), (&award.id, &award.status));
    assert_eq!(successor.renews.as_ref(), Some(&award.id));
    assert_eq!(successor.recipient.identities, award.recipient.identities);
    assert_ne!(successor.recipient.salt, award.recipient.salt);
    assert_eq!(successor.issued_on, at("2026-04-01T12:00:00Z"));
    assert_eq!(successor.expires, Some(at("2029-04-01T23:59:59Z")));
    assert_eq!((successor.term.as_deref(), successor.activity_start), (Some("TM-2029"), None));
    assert_eq!(successor.results, award.results);
    let found = bench.issuer.store().assertion(&bench.account, &award.id).await.unwrap().unwrap();
    let renewed =
        Assertion { renewed_by: Some(successor.id.clone()), revision: 2, ..award.clone() };
    assert_eq!(found.value, renewed, "the former stays as it is");
    assert_eq!(bench.form(&award.id, BadgeForm::Json).await, before);
    let urls = bench.issuer.urls();
    let hosted = bench.get_json(&urls.ob2_assertion(&successor.id)).await;
    assert_eq!(hosted["related"]["id"], json!(urls.ob2_assertion(&award.id)));

    let again = bench.issuer.renew(&mandate, &award.id, RenewDraft::default()).await.unwrap_err();
    assert!(again.to_string().contains(successor.id.as_str()), "{again}");
    bench.issuer.revoke(&mandate, &successor.id, &why("x")).await.unwrap();
    let third = bench.issuer.renew(&mandate, &award.id, RenewDraft::default()).await.unwrap().value;
    let found = bench.issuer.store().assertion(&bench.account, &award.id).await.unwrap().unwrap();
    assert_eq!(found.value.renewed_by, Some(third.id));
}

#[tokio::test]
async fn what_does_not_hold_is_not_renewed() {
    let bench = Bench::with_class(HTTP, |class| {
        class.replacen("\"name\"", "\"suspendable\": true, \"name\"", 1)
    })
    .await;
    let award = bench.mint("1").await;
    let mandate = bench.mandate();
    let early = RenewDraft { issued_on: Some(award.issued_on), ..RenewDraft::default() };
    let refused = bench.issuer.renew(&mandate, &award.id, early).await.unwrap_err();
    assert!(refused.to_string().contains("/issuedOn"), "{refused}");
    let mut bare = RenewDraft::default();
    bare.amendment.evidence = Amend::Set(Vec::new());
    let refused = bench.issuer.renew(&mandate, &award.id, bare).await.unwrap_err();
    assert!(matches!(refused, IssuerError::Invalid(_)), "{refused}");
    bench.issuer.suspend(&mandate, &award.id, &why("x")).await.unwrap();
    let refused = bench.issuer.renew(&mandate, &award.id, RenewDraft::default()).await;
    assert!(matches!(refused, Err(IssuerError::Suspended(_))));
    bench.issuer.revoke(&mandate, &award.id, &why("x")).await.unwrap();
    let refused = bench.issuer.renew(&mandate, &award.id, RenewDraft::default()).await;
    assert!(matches!(refused, Err(IssuerError::Revoked(_))));
    // At the same time, one of them is the successor.
    let other = bench.mint("2").await;
    let renewals = (0..6).map(|_| bench.issuer.renew(&mandate, &other.id, RenewDraft::default()));
    let done = futures_util::future::join_all(renewals).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    let refused = |done: &Result<_, IssuerError>| matches!(done, Err(IssuerError::Renewed { .. }));
    assert_eq!(done.iter().filter(|done| refused(done)).count(), 5);
}

#[tokio::test]
async fn an_award_expires_and_begins_with_its_dates() {
    let bench = Bench::new(HTTP).await;
    let draft = bench.draft(|body| {
        body["issuedOn"] = json!("2026-04-02T00:00:00Z");
        body["expires"] = json!("2026-04-03");
    });
    let award = bench.issuer.mint(&bench.mandate(), draft).await.unwrap().value;
    for (now, state) in [
        ("2026-04-01T12:00:00Z", "notYetValid"),
        ("2026-04-02T00:00:00Z", "active"),
        ("2026-04-03T23:59:59Z", "active"),
        ("2026-04-04T00:00:00Z", "expired"),
    ] {
        assert_eq!(award.state_word(at(now)), state, "{now}");
        bench.clock.set(at(now));
        let answer = bench.issuer.assertion_answer(&bench.account, &award).await.unwrap();
        assert_eq!(answer["state"], state, "{now}");
        // A date alone keeps no form from leaving.
        for form in [BadgeForm::Json, BadgeForm::Ob2Json, BadgeForm::Png] {
            assert!(!bench.form(&award.id, form).await.is_empty(), "{now} {form:?}");
        }
    }
    let draft = reissue(json!({ "narrative": "Corrected." }));
    let refused = bench.issuer.reissue(&bench.mandate(), &award.id, draft).await.unwrap_err();
    assert!(refused.to_string().contains("renew"), "{refused}");
}
