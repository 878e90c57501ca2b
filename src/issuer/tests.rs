//! What issuing promises, through its own door.

mod key_life;
mod keys;
mod life;
mod many;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Document, Issuer, IssuerError, Mandate, Parts};
use crate::domain::{
    AccountId, Assertion, AssertionDraft, AssertionId, BadgeClass, ChangeDraft, IssuerProfile,
    StatusPurpose, Visibility, parse_instant,
};
use crate::json as strict;
use crate::proof::did::{ControllerDocument, Relationship};
use crate::proof::jws::{self, Compact};
use crate::proof::key::{KeyType, PublicKey};
use crate::proof::suite;
use crate::resolve::{FakeWeb, OwnDocuments, Resolver};
use crate::status::bitstring::StatusList;
use crate::store::key_directory::KeyDirectory;
use crate::store::{Contested as _, Page, Store};
use crate::urls::{BadgeForm, Urls};
use crate::verifier::{Input, Options, Verdict, Verifier};
use crate::wire::rest;
use crate::wire::sample::{AWARD, CLASS, ISSUER};
use crate::world::{Clock, Random};
use crate::{baking, bundled};

struct Bench {
    issuer: Issuer,
    account: AccountId,
    clock: Clock,
    profile: IssuerProfile,
    class: BadgeClass,
    _keys: TempDir,
}

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

impl Bench {
    async fn new(public_url: &str) -> Self {
        Self::with_class(public_url, |class| class).await
    }

    async fn with_class(public_url: &str, change: fn(String) -> String) -> Self {
        let random = Random::seeded(21);
        let clock = Clock::frozen(at("2026-04-01T12:00:00Z"));
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::new(Parts {
            store: Store::memory(&random),
            keys: KeyDirectory::open(keys.path(), None).unwrap(),
            clock: clock.clone(),
            random: random.clone(),
            urls: Urls::new(public_url).unwrap(),
            mailer: crate::mail::Mailer::off(),
            holder_link_days: 30,
        });
        let account = AccountId::random(&random);
        let mandate = Mandate::of(&account, "test");
        let draft = rest::issuer_draft(&strict::parse(ISSUER).unwrap()).unwrap();
        let profile = issuer.create_issuer(&mandate, draft).await.unwrap().value;
        let body = change(CLASS.replace("ISSUER_ID_HERE", profile.id.as_str()));
        let draft = rest::badge_class_draft(&strict::parse(&body).unwrap()).unwrap();
        let class = issuer.create_badge_class(&mandate, draft).await.unwrap().value;
        Self { issuer, account, clock, profile, class, _keys: keys }
    }

    fn mandate(&self) -> Mandate<'_> {
        Mandate::of(&self.account, "test")
    }

    fn draft(&self, change: impl FnOnce(&mut Value)) -> AssertionDraft {
        let body = AWARD.replace("CLASS_ID_HERE", self.class.id.as_str());
        let mut body: Value = serde_json::from_str(&body).unwrap();
        change(&mut body);
        rest::assertion_draft(&strict::Value::from(&body)).unwrap()
    }

    async fn mint(&self, external_id: &str) -> Assertion {
        let draft = self.draft(|body| body["externalId"] = json!(external_id));
        self.issuer.mint(&self.mandate(), draft).await.unwrap().value
    }

    async fn get(&self, url: &str) -> Document {
        let named = self.issuer.urls().read(url).unwrap_or_else(|| panic!("{url}"));
        self.issuer.document(&named).await.unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    async fn get_json(&self, url: &str) -> Value {
        serde_json::from_slice(&self.get(url).await.bytes).unwrap()
    }

    async fn form(&self, id: &AssertionId, form: BadgeForm) -> Vec<u8> {
        let award = self.issuer.public_award(id).await.unwrap();
        self.issuer.form(&award, form).await.unwrap().bytes
    }
}

const HTTPS: &str = "https://badges.example.org";
const HTTP: &str = "http://127.0.0.1:8080";

fn why(reason: &str) -> ChangeDraft {
    ChangeDraft { reason: reason.to_owned(), public_reason: Some("issued in error".to_owned()) }
}

/// Whether a Data Integrity document holds under the method that it names in `controller`.
fn holds(document: &Value, controller: &Value, did: &str) -> bool {
    let document = strict::Value::from(document);
    let controller = ControllerDocument::parse(&controller.into(), did).unwrap();
    let [proof] = suite::proofs(&document).unwrap() else { panic!("one proof") };
    let method = proof.str_of("verificationMethod").unwrap();
    let key = controller.find(method, Relationship::Assertion).unwrap().key().unwrap();
    suite::check(&document, proof, &key, bundled::contexts()).is_ok()
}

#[tokio::test]
async fn a_minted_credential_holds_under_the_published_did_document_and_not_when_altered() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let did = "did:web:badges.example.org:issuers:tm";
    let controller = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    let credential = bench.get_json(&bench.issuer.urls().badge(&award.id)).await;
    assert_eq!(credential["issuer"]["id"], json!(did));
    assert!(holds(&credential, &controller, did));
    for pointer in ["/name", "/credentialSubject/narrative", "/validFrom", "/evidence/0/genre"] {
        let mut altered = credential.clone();
        *altered.pointer_mut(pointer).unwrap() = json!("2026-01-01T00:00:00Z");
        assert!(!holds(&altered, &controller, did), "{pointer}");
    }
}

#[tokio::test]
async fn without_https_the_issuer_is_its_own_key_and_rs256_waits() {
    let bench = Bench::new(HTTP).await;
    let award = bench.mint("1").await;
    let credential: Value =
        serde_json::from_slice(&bench.form(&award.id, BadgeForm::Json).await).unwrap();
    let did = credential["issuer"]["id"].as_str().unwrap().to_owned();
    assert!(did.starts_with("did:key:z6Mk"));
    let method = credential["proof"]["verificationMethod"].as_str().unwrap();
    assert_eq!(method, format!("{did}#{}", did.trim_start_matches("did:key:")));

    let token = bench.form(&award.id, BadgeForm::Jwt).await;
    let token = Compact::parse(std::str::from_utf8(&token).unwrap()).unwrap();
    assert_eq!(token.header().kid(), Some(method));
    let found = bench.issuer.public_award(&award.id).await.unwrap();
    let refused = bench.issuer.jwt(&found, KeyType::Rsa).await.unwrap_err();
    assert!(matches!(refused, IssuerError::NoForm(_)), "{refused}");
    let named = bench.issuer.urls().read(&format!("{HTTP}/issuers/tm/did.json")).unwrap();
    assert!(bench.issuer.document(&named).await.is_err());
}

#[tokio::test]
async fn tokens_are_signed_once_and_hold_under_the_published_keys() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let first = bench.form(&award.id, BadgeForm::Jwt).await;
    bench.clock.set(at("2026-04-02"));
    assert_eq!(bench.form(&award.id, BadgeForm::Jwt).await, first);
    let token = Compact::parse(std::str::from_utf8(&first).unwrap()).unwrap();
    let did = "did:web:badges.example.org:issuers:tm";
    let controller = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    let controller = ControllerDocument::parse(&(&controller).into(), did).unwrap();
    let kid = token.header().kid().unwrap().to_owned();
    let key = controller.find(&kid, Relationship::Assertion).unwrap().key().unwrap();
    jws::verify(&token, &key).unwrap();

    let signed = bench.form(&award.id, BadgeForm::Ob2Jws).await;
    let token = Compact::parse(std::str::from_utf8(&signed).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(token.payload()).unwrap();
    let key = bench.get_json(payload["verification"]["creator"].as_str().unwrap()).await;
    let public = PublicKey::from_pem(key["publicKeyPem"].as_str().unwrap()).unwrap();
    jws::verify(&token, &public).unwrap();
    let profile = bench.get_json(key["owner"].as_str().unwrap()).await;
    assert_eq!(profile["publicKey"], key["id"]);
    let class = bench.get_json(payload["badge"].as_str().unwrap()).await;
    assert_eq!(class["issuer"], profile["id"]);
}

#[tokio::test]
async fn pictures_carry_the_credential_in_both_versions() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let credential = bench.form(&award.id, BadgeForm::Json).await;
    let hosted = bench.form(&award.id, BadgeForm::Ob2Json).await;
    let pairs = [
        (BadgeForm::Png, &credential),
        (BadgeForm::Svg, &credential),
        (BadgeForm::Ob2Png, &hosted),
        (BadgeForm::Ob2Svg, &hosted),
    ];
    for (form, text) in pairs {
        let picture = bench.form(&award.id, form).await;
        let unbaked = baking::unbake(&picture).unwrap();
        let found = strict::parse(unbaked.content.as_str()).unwrap();
        assert_eq!(found, strict::parse_bytes(text).unwrap(), "{form:?}");
        assert_eq!(unbaked.oddities, [], "{form:?}");
        assert_eq!(bench.form(&award.id, form).await, picture, "{form:?}");
    }
}

#[tokio::test]
async fn what_a_class_requires_is_demanded_with_places() {
    let bench = Bench::new(HTTPS).await;
    let draft = bench.draft(|body| {
        body["evidence"] =
            json!([{"url": "https://e.example.org/1", "genre": "observation notes"}]);
        body["results"] = json!([
            {"resultDescription": "lead", "achievedLevel": "maybe"},
            {"resultDescription": "hours", "value": "16"},
            {"resultDescription": "other", "value": "1"},
        ]);
    });
    let Err(IssuerError::Invalid(problems)) = bench.issuer.mint(&bench.mandate(), draft).await
    else {
        panic!("refused")
    };
    let found: Vec<String> =
        problems.0.iter().map(|p| format!("{} {}", p.pointer, p.code)).collect();
    assert_eq!(
        found,
        [
            "/results/0/achievedLevel unknown-level",
            "/results/1/value value-out-of-range",
            "/results/2/resultDescription unknown-result-description",
            "/results missing-result",
            "/evidence missing-evidence",
        ]
    );
    // A refused award leaves nothing behind.
    let page = Page::first(10);
    let all = bench.issuer.store().events(&bench.account, &page).await.unwrap();
    assert!(all.items.iter().all(|(_, event)| event.kind != "assertion.issued"));

    let mut draft = bench.draft(|_| {});
    draft.badge_class = crate::domain::BadgeClassId::random(&Random::seeded(99));
    let refused = bench.issuer.mint(&bench.mandate(), draft).await.unwrap_err();
    assert!(refused.to_string().contains("/badgeClass"), "{refused}");
}

#[tokio::test]
async fn an_external_id_is_used_once_and_a_slug_too() {
    let bench = Bench::new(HTTPS).await;
    bench.mint("row-1").await;
    let draft = bench.draft(|body| body["externalId"] = json!("row-1"));
    let refused = bench.issuer.mint(&bench.mandate(), draft).await.unwrap_err();
    assert!(matches!(refused, IssuerError::Taken("externalId")), "{refused}");

    let mut draft = rest::issuer_draft(&strict::parse(ISSUER).unwrap()).unwrap();
    let refused = bench.issuer.create_issuer(&bench.mandate(), draft.clone()).await.unwrap_err();
    assert!(matches!(refused, IssuerError::Taken("slug")), "{refused}");
    draft.slug = None;
    draft.name = "Tm".to_owned();
    let other = bench.issuer.create_issuer(&bench.mandate(), draft).await.unwrap().value;
    assert!(other.slug.as_str().starts_with("tm-"), "{}", other.slug);
}

#[tokio::test]
async fn expiry_comes_from_the_class_and_the_last_day_counts() {
    let bench = Bench::new(HTTPS).await;
    let draft = bench.draft(|body| {
        body.as_object_mut().unwrap().remove("expires");
        body.as_object_mut().unwrap().remove("issuedOn");
    });
    let award = bench.issuer.mint(&bench.mandate(), draft).await.unwrap().value;
    assert_eq!(award.issued_on, at("2026-04-01T12:00:00Z"));
    assert_eq!(award.expires, Some(at("2029-04-01T23:59:59Z")));
    let draft = bench.draft(|body| {
        body["issuedOn"] = json!("2020-01-01");
        body["expires"] = json!("2020-02-01");
    });
    let refused = bench.issuer.mint(&bench.mandate(), draft).await.unwrap_err();
    assert!(matches!(refused, IssuerError::Taken("externalId")), "an old award is no bad award");
}

#[tokio::test]
async fn a_revoked_award_says_so_everywhere_at_once() {
    let bench = Bench::new(HTTPS).await;
    let (award, other) = (bench.mint("1").await, bench.mint("2").await);
    let urls = bench.issuer.urls();
    let entry = award.status_entry(StatusPurpose::Revocation).unwrap().clone();
    let list = urls.status_list(&bench.profile.slug, entry.purpose, entry.list);
    let bit = |credential: &Value, index: u32| {
        let encoded = credential["credentialSubject"]["encodedList"].as_str().unwrap();
        StatusList::decode(encoded).unwrap().get(index).unwrap()
    };
    let before = bench.get_json(&list).await;
    assert!(!bit(&before, entry.index));
    assert_eq!(bench.get(&list).await.max_age, Some(300));
    let hosted = urls.ob2_assertion(&award.id);
    assert_eq!(bench.get(&hosted).await.status, 200);

    let done = bench.issuer.revoke(&bench.mandate(), &award.id, &why("mistake")).await.unwrap();
    assert_eq!(done.answer["state"], json!("revoked"));
    let after = bench.get_json(&list).await;
    assert!(bit(&after, entry.index));
    let others = other.status_entry(StatusPurpose::Revocation).unwrap();
    assert!(!bit(&after, others.index));
    let controller = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    assert!(holds(&after, &controller, "did:web:badges.example.org:issuers:tm"));

    let gone = bench.get(&hosted).await;
    assert_eq!(gone.status, 410);
    let body: Value = serde_json::from_slice(&gone.bytes).unwrap();
    assert_eq!(body["revoked"], json!(true));
    assert_eq!(body["revocationReason"], json!("issued in error"));
    assert!(!body.to_string().contains("mistake"));
    let list = bench.get_json(&urls.ob2_revocations(&bench.profile.slug, 2)).await;
    let ids = list["revokedAssertions"].to_string();
    assert!(ids.contains(&award.uuid.to_string()) && !ids.contains(&other.uuid.to_string()));
    assert_eq!(bench.get(&urls.badge(&award.id)).await.status, 200);

    let again = bench.issuer.revoke(&bench.mandate(), &award.id, &why("again")).await.unwrap();
    assert_eq!(again.value, done.value);
    let refused = bench.issuer.reinstate(&bench.mandate(), &award.id, &why("no")).await;
    assert!(matches!(refused, Err(IssuerError::Revoked(_))));
}

#[tokio::test]
async fn only_suspendable_awards_are_suspended_and_come_back_whole() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let refused = bench.issuer.suspend(&bench.mandate(), &award.id, &why("x")).await.unwrap_err();
    assert!(matches!(refused, IssuerError::NotSuspendable(_)));
    assert!(refused.to_string().contains("suspendable"));

    let bench = Bench::with_class(HTTPS, |class| {
        class.replacen("\"name\"", "\"suspendable\": true, \"name\"", 1)
    })
    .await;
    let award = bench.mint("1").await;
    let mandate = bench.mandate();
    bench.issuer.suspend(&mandate, &award.id, &why("in question")).await.unwrap();
    let gone = bench.get(&bench.issuer.urls().ob2_assertion(&award.id)).await;
    assert_eq!((gone.status, gone.max_age), (410, Some(0)));
    assert!(String::from_utf8_lossy(&gone.bytes).contains("suspended"));
    let done = bench.issuer.reinstate(&mandate, &award.id, &why("settled")).await.unwrap();
    assert_eq!(done.answer["state"], json!("active"));
    assert_eq!(bench.get(&bench.issuer.urls().ob2_assertion(&award.id)).await.status, 200);
    let entry = award.status_entry(StatusPurpose::Suspension).unwrap();
    let set = bench.issuer.store().status_is_set(&bench.account, &bench.profile.id, entry).await;
    assert!(!set.unwrap());
}

#[tokio::test]
async fn private_awards_are_as_if_they_were_not_there() {
    let bench = Bench::new(HTTPS).await;
    let draft = bench.draft(|body| body["visibility"] = json!("private"));
    assert_eq!(draft.visibility, Visibility::Private);
    let done = bench.issuer.mint(&bench.mandate(), draft).await.unwrap();
    let links = done.answer["links"].as_object().unwrap();
    assert_eq!(links.keys().collect::<Vec<_>>(), ["status"]);
    let hidden = bench.issuer.public_award(&done.value.id).await;
    assert!(matches!(hidden, Err(IssuerError::NotFound(_))));
    bench.get(links["status"].as_str().unwrap()).await;
}

#[tokio::test]
async fn a_new_version_leaves_awards_with_theirs() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let store = bench.issuer.store();
    let present = store.badge_class(&bench.account, &bench.class.id).await.unwrap().unwrap();
    let answer = bench.issuer.badge_class_answer(&present.value);
    let body = strict::parse(r#"{"criteria": {"narrative": "New rules."}}"#).unwrap();
    let edit = rest::badge_class_edit(&answer, &body).unwrap();
    let next =
        bench.issuer.revise_badge_class(&bench.mandate(), &present, edit.clone()).await.unwrap();
    assert_eq!(next.value.version, 2);
    let stale = bench.issuer.revise_badge_class(&bench.mandate(), &present, edit).await;
    assert!(stale.unwrap_err().is_conflict());

    let urls = bench.issuer.urls();
    let first = bench.get_json(&urls.badge_class(&award.badge_class)).await;
    assert_eq!(first["criteria"]["narrative"], json!("Lead *one* meeting."));
    let newest = bench.get_json(&urls.newest_badge_class(&bench.class.id)).await;
    assert_eq!(newest["criteria"]["narrative"], json!("New rules."));
    assert_eq!(newest["related"][0]["id"], first["id"]);
    let credential = bench.get_json(&urls.badge(&award.id)).await;
    assert_eq!(credential["credentialSubject"]["achievement"]["id"], first["id"]);
}

#[tokio::test]
async fn what_was_done_stands_in_events_and_audit_rows() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    bench.issuer.revoke(&bench.mandate(), &award.id, &why("secret reason")).await.unwrap();
    let page = Page::first(10);
    let store = bench.issuer.store();
    let events = store.events(&bench.account, &page).await.unwrap();
    let kinds: Vec<&str> = events.items.iter().map(|(_, event)| event.kind.as_str()).collect();
    let expected =
        ["issuer.created", "badgeClass.created", "assertion.issued", "assertion.revoked"];
    assert_eq!(kinds, expected);
    for (_, event) in &events.items {
        let text = event.data.to_string();
        assert!(!text.contains("okafor") && !text.contains("secret"), "{text}");
    }
    let audit = store.audit(&bench.account, &page).await.unwrap();
    assert_eq!(audit.items[3].1.detail, json!({ "revision": 2 }));
    assert!(!format!("{audit:?}").contains("secret"), "reasons stand where erasure reaches them");
    let why = store.reasons(&bench.account, award.id.as_str(), &page).await.unwrap();
    assert_eq!(why.items[0].reason.as_deref(), Some("secret reason"));
    assert_eq!(audit.items[2].1.detail["sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn another_account_has_none_of_it() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let stranger = AccountId::random(&Random::seeded(77));
    let mandate = Mandate::of(&stranger, "test");
    let revoked = bench.issuer.revoke(&mandate, &award.id, &why("x")).await;
    assert!(matches!(revoked, Err(IssuerError::NotFound("assertion"))));
    let minted = bench.issuer.mint(&mandate, bench.draft(|_| {})).await;
    assert!(matches!(minted, Err(IssuerError::Invalid(_))));
}

#[tokio::test]
async fn many_mint_at_once_and_none_shares_an_index() {
    let bench = Bench::new(HTTP).await;
    let mandate = bench.mandate();
    let minted = futures_util::future::join_all((0..40).map(|n| {
        let draft = bench.draft(|body| body["externalId"] = json!(format!("row-{n}")));
        bench.issuer.mint(&mandate, draft)
    }))
    .await;
    let mut indexes: Vec<u32> =
        minted.iter().map(|done| done.as_ref().unwrap().value.status[0].index).collect();
    indexes.sort_unstable();
    indexes.dedup();
    assert_eq!(indexes.len(), 40);
}

/// Every form of an award, judged by the verifier with our own documents as the whole web.
#[tokio::test]
async fn every_form_verifies_and_says_so_when_the_award_is_revoked() {
    for public_url in [HTTPS, HTTP] {
        let bench = Bench::new(public_url).await;
        let award = bench.mint("1").await;
        let own: Arc<dyn OwnDocuments> = Arc::new(bench.issuer.clone());
        let resolver = Resolver::fake(FakeWeb::new(), Some(own), bench.clock.clone());
        let verifier = Verifier::new(
            resolver,
            bundled::contexts(),
            bench.clock.clone(),
            crate::config::Trust::default(),
        );
        let forms = [
            BadgeForm::Json,
            BadgeForm::Jwt,
            BadgeForm::Png,
            BadgeForm::Svg,
            BadgeForm::Ob2Json,
            BadgeForm::Ob2Jws,
            BadgeForm::Ob2Png,
            BadgeForm::Ob2Svg,
        ];
        let mut inputs = vec![
            ("link", Input::Url(bench.issuer.urls().badge(&award.id))),
            ("ob2", Input::Url(bench.issuer.urls().ob2_assertion(&award.id))),
        ];
        for form in forms {
            inputs.push((form.suffix(), Input::Bytes(bench.form(&award.id, form).await)));
        }
        for (name, input) in &inputs {
            let report = verifier.verify(input.clone(), Options::default()).await.unwrap();
            assert_eq!(report.verdict, Verdict::Valid, "{public_url} {name}: {}", report.text());
        }
        bench.issuer.revoke(&bench.mandate(), &award.id, &why("x")).await.unwrap();
        for (name, input) in inputs {
            let report = verifier.verify(input, Options::default()).await.unwrap();
            assert_eq!(report.verdict, Verdict::Invalid, "{public_url} {name}: {}", report.text());
        }
    }
}
