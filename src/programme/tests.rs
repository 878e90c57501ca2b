//! Imports and the demo, on the files that are compiled in and on broken ones.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::import::{ImportError, Outcome, import};
use super::{demo, framework};
use crate::domain::{AccountId, AssertionId, BadgeClassId, parse_instant};
use crate::issuer::{Issuer, Mandate, Parts};
use crate::store::key_directory::KeyDirectory;
use crate::store::{AssertionFilter, Page, Store};
use crate::urls::Urls;
use crate::world::{Clock, Random};

const FRAMEWORK: &str = include_str!("../../fixtures/programme/tlms-framework.json");
const TM: &str = include_str!("../../fixtures/programme/teaching-matters.json");
const CO: &str = include_str!("../../fixtures/programme/co-ascd-tlmc.json");

fn bench() -> (Issuer, AccountId, TempDir) {
    let random = Random::seeded(8);
    let keys = tempfile::tempdir().unwrap();
    let issuer = Issuer::new(Parts {
        store: Store::memory(&random),
        keys: KeyDirectory::open(keys.path(), None).unwrap(),
        clock: Clock::frozen(parse_instant("2026-11-22T08:00:00Z").unwrap()),
        random: random.clone(),
        urls: Urls::new("http://127.0.0.1:8080").unwrap(),
        mailer: crate::mail::Mailer::off(),
        holder_link_days: 30,
    });
    (issuer, AccountId::random(&random), keys)
}

#[tokio::test]
async fn a_programme_is_imported_once_and_a_change_makes_a_version() {
    let (issuer, account, _keys) = bench();
    let mandate = Mandate::of(&account, "test");
    let first = import(&issuer, &mandate, TM).await.unwrap();
    assert_eq!(first.badge_classes.len(), 18);
    assert!(first.badge_classes.iter().all(|class| class.outcome == Outcome::Created));
    assert_eq!(first.issuer.as_ref().unwrap().slug, "tm");
    assert!(first.left_out.contains(&"stacks".to_owned()));

    let second = import(&issuer, &mandate, TM).await.unwrap();
    assert_eq!(second.issuer.unwrap().outcome, Outcome::Unchanged);
    assert!(second.badge_classes.iter().all(|class| class.outcome == Outcome::Unchanged));

    let changed = TM.replacen("Leads hard conversations", "Leads open conversations", 1);
    let third = import(&issuer, &mandate, &changed).await.unwrap();
    let revised: Vec<(&str, u32)> = third
        .badge_classes
        .iter()
        .filter(|class| class.outcome == Outcome::Revised)
        .map(|class| (class.code.as_str(), class.version))
        .collect();
    assert_eq!(revised, [("R2", 2)]);

    let stranger = AccountId::random(&Random::seeded(9));
    let refused = import(&issuer, &Mandate::of(&stranger, "test"), TM).await;
    assert!(matches!(refused, Err(ImportError::Foreign(slug)) if slug == "tm"));
}

#[tokio::test]
async fn what_the_files_say_arrives_and_what_is_ours_does_not() {
    let (issuer, account, _keys) = bench();
    let mandate = Mandate::of(&account, "test");
    for file in [TM, CO] {
        import(&issuer, &mandate, file).await.unwrap();
    }
    let report = import(&issuer, &mandate, CO).await.unwrap();
    let source = report.badge_classes.iter().find(|class| class.code == "C1").unwrap();
    let id = BadgeClassId::parse(&source.id).unwrap();
    let class = issuer.store().badge_class(&account, &id).await.unwrap().unwrap().value;
    assert_eq!(class.validity.as_ref().unwrap().as_str(), "P5Y");
    assert_eq!(class.credits_available.unwrap().number(), 1.0);
    assert_eq!(class.required_evidence, ["Plan", "Reflection"]);
    assert_eq!(class.alignments.len(), 3);
    assert_eq!(
        class.criteria.url.as_ref().unwrap().as_str(),
        format!("{}/criteria", source.source.as_ref().unwrap())
    );
    let analyze = &class.result_descriptions[0];
    assert_eq!(analyze.required_level.as_ref().unwrap().as_str(), "demonstrated");
    assert_eq!(class.result_descriptions.last().unwrap().result_type.as_str(), "ext:ContactHours");

    let mut page = Page::first(100);
    page.after = None;
    let all = issuer.store().badge_classes(&account, None, &page).await.unwrap();
    assert_eq!(all.items.len(), 25);
    for class in all.items {
        let document = issuer
            .document(&crate::urls::Published::BadgeClass(class.value.id.clone(), None))
            .await
            .unwrap();
        let document: Value = serde_json::from_slice(&document.bytes).unwrap();
        for ours in ["nameStatus", "fictional", "validityYears", "contactHours", "band", "note"] {
            assert!(document.get(ours).is_none(), "{ours}");
        }
    }
}

#[tokio::test]
async fn broken_files_make_nothing_and_every_problem_is_told() {
    let (issuer, account, _keys) = bench();
    let mandate = Mandate::of(&account, "test");
    let mut file: Value = serde_json::from_str(TM).unwrap();
    file["competencies"][1]["colour"] = json!("red");
    file["competencies"][2]["criteria"] = json!({});
    file["competencies"][3]["code"] = json!("F1");
    file["competencies"][3]["humanCode"] = json!("TM-F1");
    file["competencies"][4]["validityYears"] = json!(-1);
    file["competencies"][5]["resultDescription"][0]["requiredLevel"] = json!("https://a.b/#x");
    file["extra"] = json!(1);
    file["issuer"]["email"] = json!("nobody");
    let refused = import(&issuer, &mandate, &file.to_string()).await.unwrap_err();
    let ImportError::Invalid(problems) = refused else { panic!("{refused}") };
    let mut places: Vec<&str> = problems.0.iter().map(|p| p.pointer.as_str()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "/competencies/1/colour",
            "/competencies/2/criteria",
            "/competencies/3/code",
            "/competencies/4/validityYears",
            "/competencies/5/resultDescription/0/requiredLevel",
            "/extra",
            "/issuer/email",
        ]
    );
    let page = Page::first(10);
    assert!(issuer.store().issuers(&account, &page).await.unwrap().items.is_empty());
    for odd in ["", "[]", "{}", "{\"issuer\": {}, \"issuer\": {}}", "{\"competencies\": 5}"] {
        assert!(import(&issuer, &mandate, odd).await.is_err(), "{odd}");
    }
}

#[tokio::test]
async fn a_framework_is_counted_and_kept_and_dangling_ends_are_named() {
    let (issuer, account, _keys) = bench();
    let mandate = Mandate::of(&account, "test");
    let first = import(&issuer, &mandate, FRAMEWORK).await.unwrap().framework.unwrap();
    assert_eq!((first.items, first.associations), (44, 45));
    assert_eq!(first.outcome, Outcome::Created);
    let second = import(&issuer, &mandate, FRAMEWORK).await.unwrap().framework.unwrap();
    assert_eq!(second.outcome, Outcome::Unchanged);

    let mut file: Value = serde_json::from_str(FRAMEWORK).unwrap();
    file["CFAssociations"][3]["destinationNodeURI"]["identifier"] = json!("nowhere-1");
    let problems = framework::read(&file).unwrap_err();
    assert_eq!(problems.0[0].pointer, "/CFAssociations/3/destinationNodeURI");
    assert!(problems.0[0].detail.contains("nowhere-1"));
}

#[tokio::test]
async fn the_demo_shows_every_state_and_a_second_start_changes_nothing() {
    let (issuer, account, _keys) = bench();
    let now = parse_instant("2026-11-22T08:00:00Z").unwrap();
    let first = demo::prepare(&issuer, &account, now).await.unwrap();
    let mut states: Vec<&str> = first.gallery.iter().map(|shown| shown.state).collect();
    states.sort_unstable();
    assert_eq!(states, ["expired", "notYetValid", "revoked", "suspended"]);
    assert!(first.awards.len() >= 3);
    assert!(first.awards.iter().all(|shown| shown.state == "active"));

    let id = AssertionId::parse(&first.awards[0].id).unwrap();
    let award = issuer.public_award(&id).await.unwrap();
    assert!(!award.class.alignments.is_empty());
    let levels: Vec<bool> =
        award.assertion.results.iter().map(|result| result.level.is_some()).collect();
    assert!(levels.contains(&true));
    assert!(award.assertion.evidence.iter().any(|item| item.public && item.url.is_some()));

    let second = demo::prepare(&issuer, &account, now).await.unwrap();
    assert_eq!(second.awards, first.awards);
    assert_eq!(second.gallery, first.gallery);
    let filter = AssertionFilter::default();
    let all = issuer.store().assertions(&account, &filter, &Page::first(100), now).await.unwrap();
    assert_eq!(all.items.len(), first.awards.len() + first.gallery.len());
    assert_eq!(first.altered.len(), 2);
}
