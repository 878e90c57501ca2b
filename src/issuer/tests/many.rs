//! Minting many at once gives what minting one by one gives.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::{IssuerError, KeyRing};
use super::{Bench, HTTP, HTTPS};
use crate::domain::{AssertionDraft, BadgeClass, IssuerProfile};
use crate::json as strict;
use crate::store::FormKind;
use crate::wire::rest;

/// Awards that differ in all that awards can differ in.
fn drafts(bench: &Bench, count: usize) -> Vec<AssertionDraft> {
    (0..count)
        .map(|at| {
            bench.draft(|body| {
                body["externalId"] = json!(format!("row-{at}"));
                body["recipient"] = match at % 4 {
                    0 => json!({"email": format!("t{at}@school.example.org")}),
                    1 => json!({"did": format!("did:example:{at}"), "email": "a@b.example"}),
                    2 => {
                        json!({"email": "q@b.example", "name": "\\u0001 \"é\"", "namePublic": true})
                    }
                    _ => json!({"url": "https://people.example.org/7"}),
                };
                if at % 3 == 0 {
                    body["evidence"][0]["narrative"] =
                        json!(format!("row {at}: \"issuer\":\"\\u0001\" é \\"));
                }
                if at % 5 == 0 {
                    body["results"][1]["value"] = json!(at % 15);
                    body["results"][2]["value"] = json!("B");
                }
                if at % 7 == 0
                    && let Some(members) = body.as_object_mut()
                {
                    for name in ["narrative", "role", "term", "source", "expires", "licenseNumber"]
                    {
                        members.remove(name);
                    }
                }
            })
        })
        .collect()
}

async fn same_as_one_by_one(bench: &Bench, count: usize) {
    let minted = bench.issuer.mint_many(&bench.mandate(), drafts(bench, count)).await;
    assert_eq!(minted.len(), count);
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    for (at, done) in minted.into_iter().enumerate() {
        let award = done.unwrap().value;
        assert_eq!(award.external_id.as_deref(), Some(format!("row-{at}").as_str()));
        let stored = bench.issuer.store().form(&bench.account, &award.id, FormKind::Ob3).await;
        let stored = stored.unwrap().unwrap();
        let ordinary =
            bench.issuer.ordinary_form(&award, &bench.profile, &bench.class, &ring).await;
        assert_eq!(
            String::from_utf8(stored.bytes).unwrap(),
            String::from_utf8(ordinary.unwrap().bytes).unwrap()
        );
    }
}

#[tokio::test]
async fn many_awards_are_byte_for_byte_those_of_the_ordinary_road() {
    same_as_one_by_one(&Bench::new(HTTPS).await, 150).await;
    same_as_one_by_one(&Bench::new(HTTP).await, 20).await;
    // Two status entries, a class that says little, and one that looks like a hole.
    let suspendable = |class: String| class.replacen('{', "{\"suspendable\": true,", 1);
    same_as_one_by_one(&Bench::with_class(HTTPS, suspendable).await, 20).await;
    let hole =
        |class: String| class.replace("Data Analyst", "\\\"achievement\\\":\\\"\\\\u0001\\\"");
    same_as_one_by_one(&Bench::with_class(HTTPS, hole).await, 20).await;
}

#[tokio::test]
async fn issuer_and_achievement_are_prepared_once() {
    for url in [HTTPS, HTTP] {
        let bench = Bench::new(url).await;
        let draft = drafts(&bench, 1).remove(0);
        bench.issuer.mint(&bench.mandate(), draft).await.unwrap();
        let model = bench.issuer.press_for(&bench.mandate(), &bench.class.id).await;
        assert_eq!(model.expect("a press").ready.parts(), 2, "{url}");
    }
}

#[tokio::test]
async fn a_press_is_kept_for_exactly_what_it_was_made_of() {
    for url in [HTTPS, HTTP] {
        let bench = Bench::new(url).await;
        let mut all = drafts(&bench, 3).into_iter();
        for draft in all.by_ref().take(2) {
            let award = bench.issuer.mint(&bench.mandate(), draft).await.unwrap().value;
            let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
            assert!(bench.issuer.press_of(&bench.profile, &bench.class, &ring).is_some(), "{url}");
            let stored = bench.issuer.store().form(&bench.account, &award.id, FormKind::Ob3).await;
            let ordinary =
                bench.issuer.ordinary_form(&award, &bench.profile, &bench.class, &ring).await;
            assert_eq!(stored.unwrap().unwrap().bytes, ordinary.unwrap().bytes);
        }
        let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
        let other = IssuerProfile { name: "Another".to_owned(), ..bench.profile.clone() };
        assert!(bench.issuer.press_of(&other, &bench.class, &ring).is_none());
        let other = BadgeClass { name: "Another".to_owned(), ..bench.class.clone() };
        assert!(bench.issuer.press_of(&bench.profile, &other, &ring).is_none());
        let other = Arc::new(KeyRing::clone(&ring));
        assert!(bench.issuer.press_of(&bench.profile, &bench.class, &other).is_none());
    }
}

#[tokio::test]
async fn what_is_wrong_with_one_award_stops_that_one_only() {
    let bench = Bench::new(HTTPS).await;
    bench.mint("row-3").await;
    let mut all = drafts(&bench, 12);
    all[0].results.clear();
    all[5].evidence.clear();
    all[8].badge_class = crate::domain::BadgeClassId::random(&crate::world::Random::seeded(4));
    all[9].expires = Some("2001-01-01T00:00:00Z".parse().unwrap());
    let minted = bench.issuer.mint_many(&bench.mandate(), all).await;
    let outcome: Vec<&str> = minted
        .iter()
        .map(|done| match done {
            Ok(_) => "ok",
            Err(IssuerError::Invalid(_)) => "invalid",
            Err(IssuerError::Taken(_)) => "taken",
            Err(other) => panic!("{other}"),
        })
        .collect();
    let expected = [
        "invalid", "ok", "ok", "taken", "ok", "invalid", "ok", "ok", "invalid", "invalid", "ok",
        "ok",
    ];
    assert_eq!(outcome, expected);
    assert!(bench.issuer.mint_many(&bench.mandate(), Vec::new()).await.is_empty());
}

#[tokio::test]
async fn several_badge_classes_come_back_in_order() {
    let bench = Bench::new(HTTPS).await;
    let body = crate::wire::sample::CLASS.replace("ISSUER_ID_HERE", bench.profile.id.as_str());
    let mut body: Value = serde_json::from_str(&body).unwrap();
    body["name"] = json!("Another");
    let draft = rest::badge_class_draft(&strict::Value::from(&body)).unwrap();
    let other = bench.issuer.create_badge_class(&bench.mandate(), draft).await.unwrap().value;
    let mut all = drafts(&bench, 30);
    for draft in all.iter_mut().step_by(3) {
        draft.badge_class = other.id.clone();
    }
    let minted = bench.issuer.mint_many(&bench.mandate(), all).await;
    for (at, done) in minted.into_iter().enumerate() {
        let award = done.unwrap().value;
        assert_eq!(award.external_id, Some(format!("row-{at}")));
        assert_eq!(award.badge_class.id == other.id, at % 3 == 0);
    }
}
