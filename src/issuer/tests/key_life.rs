//! The life of keys: who signs, what goes on to verify, and what is refused from when on.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::{IssuerError, KeyTurn, Mandate};
use super::{Bench, HTTP, HTTPS, at, why};
use crate::bundled;
use crate::domain::{Assertion, KeyId, RenewDraft, StatusPurpose};
use crate::json as strict;
use crate::proof::jws::Compact;
use crate::proof::key::KeyType;
use crate::resolve::{FakeWeb, OwnDocuments, Resolver};
use crate::store::{KeyLife, Page};
use crate::urls::BadgeForm;
use crate::verifier::{Input, Options, Report, Verdict, Verifier};
use crate::wire::rest;

const SIGNED: [BadgeForm; 4] =
    [BadgeForm::Json, BadgeForm::JwtRs256, BadgeForm::JwtEdDsa, BadgeForm::Ob2Jws];

impl Bench {
    async fn key(&self, kind: KeyType) -> KeyId {
        let ring = self.issuer.key_ring(&self.account, &self.profile.id).await.unwrap();
        ring.active(kind).unwrap().record.id.clone()
    }

    async fn add(&self, kind: KeyType) -> KeyId {
        let done = self.issuer.add_key(&self.mandate(), &self.profile.id, kind).await;
        done.unwrap().value.record.id
    }

    async fn turn(&self, key: &KeyId, turn: KeyTurn) -> Result<Value, IssuerError> {
        let id = &self.profile.id;
        let done = self.issuer.turn_key(&self.mandate(), id, key, &turn, "drill").await;
        done.map(|done| done.answer)
    }

    /// Another key of each kind, and the older ones retired.
    async fn rotate(&self) -> [KeyId; 2] {
        let mut retired = Vec::new();
        for kind in [KeyType::Ed25519, KeyType::Rsa] {
            let former = self.key(kind).await;
            self.add(kind).await;
            self.turn(&former, KeyTurn::Retire).await.unwrap();
            retired.push(former);
        }
        retired.try_into().unwrap()
    }

    fn verifier(&self, own: bool) -> Verifier {
        let ours: Arc<dyn OwnDocuments> = Arc::new(self.issuer.clone());
        let resolver = Resolver::fake(FakeWeb::new(), own.then_some(ours), self.clock.clone());
        let trust = crate::config::Trust::default();
        Verifier::new(resolver, bundled::contexts(), self.clock.clone(), trust)
    }

    async fn judge(&self, text: &[u8]) -> Report {
        let input = Input::Bytes(text.to_vec());
        self.verifier(true).verify(input, Options::default()).await.unwrap()
    }
}

/// What a signed form calls its key.
fn signer(form: &[u8]) -> String {
    let text = std::str::from_utf8(form).unwrap();
    if let Ok(token) = Compact::parse(text) {
        if let Some(kid) = token.header().kid() {
            return kid.to_owned();
        }
        let payload: Value = serde_json::from_slice(token.payload()).unwrap();
        return payload["verification"]["creator"].as_str().unwrap().to_owned();
    }
    let document: Value = serde_json::from_str(text).unwrap();
    document["proof"]["verificationMethod"].as_str().unwrap().to_owned()
}

/// The names under which keys of the ring sign.
async fn names(bench: &Bench, keys: &[KeyId]) -> Vec<String> {
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    let did = ring.did(bench.issuer.urls(), &bench.profile.slug).unwrap();
    let slug = &bench.profile.slug;
    keys.iter()
        .flat_map(|id| {
            let key = ring.by_id(id).unwrap();
            let ob2 = bench.issuer.urls().ob2_key(slug, key.record.number);
            [key.method(&did), key.jwt_method(&did), ob2]
        })
        .collect()
}

#[tokio::test]
async fn a_retired_key_signs_at_no_door() {
    let bench = Bench::new(HTTPS).await;
    let before = bench.mint("before").await;
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    let retired = bench.rotate().await;
    let retired_names = names(&bench, &retired).await;
    for key in &ring.keys {
        let now = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
        let key = now.by_id(&key.record.id).unwrap();
        let refused = bench.issuer.private(key).await.map(|_| ()).unwrap_err();
        assert!(matches!(refused, IssuerError::SignsNoMore(_)), "{refused}");
    }

    let mandate = bench.mandate();
    let renewed = bench.issuer.renew(&mandate, &before.id, RenewDraft::default()).await.unwrap();
    let drafts =
        (0..6).map(|n| bench.draft(|body| body["externalId"] = json!(format!("many-{n}"))));
    let many = bench.issuer.mint_many(&mandate, drafts.collect()).await;
    let mut awards: Vec<Assertion> = many.into_iter().map(|minted| minted.unwrap().value).collect();
    awards.push(renewed.value);
    awards.push(bench.mint("after").await);
    let draft = rest::reissue_draft(&strict::parse(r#"{"role": "Coach"}"#).unwrap()).unwrap();
    awards.push(bench.issuer.reissue(&mandate, &before.id, draft).await.unwrap().value);
    let mut signatures = 0;
    for award in &awards {
        for form in SIGNED {
            let name = signer(&bench.form(&award.id, form).await);
            assert!(!retired_names.contains(&name), "{form:?} by {name}");
            signatures += 1;
        }
        for form in [BadgeForm::Png, BadgeForm::Svg] {
            let baked = crate::baking::unbake(&bench.form(&award.id, form).await).unwrap();
            let name = signer(baked.content.as_str().as_bytes());
            assert!(!retired_names.contains(&name), "{form:?} by {name}");
            signatures += 1;
        }
    }
    let entry = before.status_entry(StatusPurpose::Revocation).unwrap();
    let urls = bench.issuer.urls();
    let list = urls.status_list(&bench.profile.slug, entry.purpose, entry.list);
    let name = signer(&bench.get(&list).await.bytes);
    assert!(!retired_names.contains(&name), "status list by {name}");
    assert_eq!(signatures, awards.len() * 6);
}

#[tokio::test]
async fn what_retired_keys_signed_goes_on_to_verify_through_two_rotations() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let mut kept = Vec::new();
    for form in SIGNED {
        kept.push(bench.form(&award.id, form).await);
    }
    let late = bench.mint("2").await;
    for month in ["2026-05-01", "2026-06-01"] {
        bench.clock.set(at(month));
        bench.rotate().await;
        for form in &kept {
            let report = bench.judge(form).await;
            assert_eq!(report.verdict, Verdict::Valid, "{}", report.text());
        }
    }
    // Signed forms that were there stay as they are; one first asked for now is the successor's.
    for (form, bytes) in SIGNED.iter().zip(&kept) {
        assert_eq!(bench.form(&award.id, *form).await, *bytes, "{form:?}");
    }
    let signing = [bench.key(KeyType::Rsa).await, bench.key(KeyType::Ed25519).await];
    let new = names(&bench, &signing).await;
    for form in [BadgeForm::JwtRs256, BadgeForm::JwtEdDsa, BadgeForm::Ob2Jws] {
        let token = bench.form(&late.id, form).await;
        assert!(new.contains(&signer(&token)), "{form:?}");
        assert_eq!(bench.judge(&token).await.verdict, Verdict::Valid);
    }
    // The hosted badge stays under the profile that it was made under.
    let urls = bench.issuer.urls();
    let hosted = bench.get_json(&urls.ob2_assertion(&late.id)).await;
    assert!(hosted["badge"].as_str().unwrap().contains("/k/2/"), "{hosted}");
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    for key in ring.keys.iter().filter(|key| key.is(KeyType::Rsa)) {
        let n = key.record.number;
        let profile = bench.get_json(&urls.ob2_issuer(&bench.profile.slug, n)).await;
        assert_eq!(profile["publicKey"], urls.ob2_key(&bench.profile.slug, n));
        let class = urls.ob2_badge_class(&bench.profile.slug, n, &bench.class.reference());
        assert_eq!(bench.get_json(&class).await["issuer"], profile["id"]);
    }
    let dates = ring.keys.iter().map(|key| key.answer("did:x")["since"].clone());
    assert_eq!(dates.filter(|since| since.is_string()).count(), 4);
    let listed = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    assert_eq!(listed["assertionMethod"].as_array().unwrap().len(), 9, "three Ed25519 twice");
}

#[tokio::test]
async fn the_last_key_of_a_kind_is_not_retired_and_repeating_changes_nothing() {
    let bench = Bench::new(HTTPS).await;
    let key = bench.key(KeyType::Ed25519).await;
    let refused = bench.turn(&key, KeyTurn::Retire).await.unwrap_err();
    assert!(matches!(refused, IssuerError::LastKey { .. }), "{refused}");
    assert!(refused.to_string().contains("another ed25519 key first"), "{refused}");
    bench.add(KeyType::Ed25519).await;
    let first = bench.turn(&key, KeyTurn::Retire).await.unwrap();
    assert_eq!(
        (&first["life"], &first["since"]),
        (&json!("retired"), &json!("2026-04-01T12:00:00Z"))
    );
    bench.clock.set(at("2026-05-01"));
    assert_eq!(bench.turn(&key, KeyTurn::Retire).await.unwrap(), first);
    let late = KeyTurn::Compromise(Some(at("2027-01-01")));
    assert!(matches!(bench.turn(&key, late).await, Err(IssuerError::Invalid(_))));
    let stolen = bench.turn(&key, KeyTurn::Compromise(None)).await.unwrap();
    assert_eq!(stolen["life"], "compromised");
    let refused = bench.turn(&key, KeyTurn::Retire).await;
    assert!(matches!(refused, Err(IssuerError::Compromised(_))));
    let later = KeyTurn::Compromise(Some(at("2026-05-01")));
    assert_eq!(bench.turn(&key, later).await.unwrap(), stolen);
    let earlier = KeyTurn::Compromise(Some(at("2026-04-15")));
    assert_eq!(bench.turn(&key, earlier).await.unwrap()["since"], "2026-04-15T00:00:00Z");
    let nobody = KeyId::random(&crate::world::Random::seeded(1));
    assert!(matches!(bench.turn(&nobody, KeyTurn::Retire).await, Err(IssuerError::NotFound(_))));

    // Two at the same time: one of them goes on to sign.
    let (one, other) = (bench.key(KeyType::Rsa).await, bench.add(KeyType::Rsa).await);
    let both = futures_util::future::join(
        bench.turn(&one, KeyTurn::Retire),
        bench.turn(&other, KeyTurn::Retire),
    );
    let (one, other) = both.await;
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");

    let laptop = Bench::new(HTTP).await;
    let key = laptop.key(KeyType::Ed25519).await;
    for turn in [KeyTurn::Retire, KeyTurn::Compromise(None)] {
        assert!(matches!(laptop.turn(&key, turn).await, Err(IssuerError::OneKey(_))));
    }
}

/// Every form of an award from before the theft, judged by us and by a stranger, before and after.
#[tokio::test]
async fn a_compromised_key_proves_nothing_to_others_and_to_us_only_what_is_on_record() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let mut kept = Vec::new();
    for form in SIGNED.into_iter().chain([BadgeForm::Png, BadgeForm::Svg]) {
        kept.push((form, bench.form(&award.id, form).await));
    }
    let thiefs = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    let mut stolen = Vec::new();
    for kind in [KeyType::Ed25519, KeyType::Rsa] {
        let key = thiefs.active(kind).unwrap();
        stolen.push((key.clone(), bench.issuer.private(key).await.unwrap()));
    }
    bench.clock.set(at("2026-05-01"));
    for (key, _) in &stolen {
        bench.turn(&key.record.id, KeyTurn::Compromise(None)).await.unwrap();
    }
    // The issuer goes on at once, with keys of its own again.
    for kind in [KeyType::Ed25519, KeyType::Rsa] {
        let key = bench.key(kind).await;
        assert!(stolen.iter().all(|(gone, _)| gone.record.id != key));
    }
    let after = bench.mint("2").await;
    for form in SIGNED {
        assert_eq!(bench.judge(&bench.form(&after.id, form).await).await.verdict, Verdict::Valid);
    }

    let did = "did:web:badges.example.org:issuers:tm";
    let document = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    let gone: Vec<&Value> = document["verificationMethod"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|method| method["revoked"].is_string())
        .collect();
    assert_eq!(gone.len(), 3, "the Ed25519 key in two forms, and the RSA key");
    let asserting = document["assertionMethod"].to_string();
    assert!(gone.iter().all(|method| !asserting.contains(method["id"].as_str().unwrap())));
    let urls = bench.issuer.urls();
    let slug = &bench.profile.slug;
    let key = bench.get(&urls.ob2_key(slug, 2)).await;
    assert_eq!(key.status, 410);
    assert!(!String::from_utf8_lossy(&key.bytes).contains("PEM"));
    assert!(bench.get_json(&urls.ob2_issuer(slug, 2)).await.get("publicKey").is_none());
    let jwk = bench.get(&urls.issuer_key(slug, &stolen[1].0.record.id)).await;
    assert_eq!(jwk.status, 410);

    for (form, bytes) in &kept {
        let report = bench.judge(bytes).await;
        assert_eq!(report.verdict, Verdict::Valid, "{form:?}: {}", report.text());
        assert!(
            report.text().to_string().contains("issuance record"),
            "{form:?}: {}",
            report.text()
        );
    }
    // A dossier says it again without the record; a badge that is not on it is refused.
    let (_, bytes) = &kept[0];
    let input = Input::Bytes(bytes.clone());
    let options = Options::default();
    let dossier = bench.verifier(true).gather(input, &options).await.unwrap();
    let saved = crate::verifier::Dossier::of_file(&dossier.to_file().unwrap()).unwrap();
    assert_eq!(bench.verifier(false).judge(&saved, &options).verdict, Verdict::Valid);

    let mut forged: Value = serde_json::from_slice(bytes).unwrap();
    forged.as_object_mut().unwrap().shift_remove("proof");
    forged["credentialSubject"]["narrative"] = json!("All I ever wanted.");
    let (key, private) = &stolen[0];
    let method = key.method(did);
    let options = crate::proof::suite::ProofOptions {
        verification_method: &method,
        // A thief chooses the date that he writes.
        created: Some(at("2026-04-01T12:00:00Z")),
        ..Default::default()
    };
    let document = strict::Value::from(&forged);
    let suite = crate::proof::suite::Suite::for_key(KeyType::Ed25519).unwrap();
    let proof = crate::proof::suite::sign(&document, suite, &options, private, bundled::contexts());
    forged["proof"] = proof.unwrap();
    let report = bench.judge(forged.to_string().as_bytes()).await;
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    let header = crate::proof::jws::SignHeader { kid: None, typ: None, cty: None };
    let (_, bytes) = &kept[3];
    let token = Compact::parse(std::str::from_utf8(bytes).unwrap()).unwrap();
    let mut payload: Value = serde_json::from_slice(token.payload()).unwrap();
    payload["narrative"] = json!("All I ever wanted.");
    let token =
        crate::proof::jws::sign(payload.to_string().as_bytes(), &header, &stolen[1].1).unwrap();
    let report = bench.judge(token.as_bytes()).await;
    assert_ne!(report.verdict, Verdict::Valid, "{}", report.text());

    // Nothing signed since then is on record as from before.
    let since = KeyTurn::Compromise(Some(at("2026-03-31")));
    for (key, _) in &stolen {
        bench.turn(&key.record.id, since.clone()).await.unwrap();
    }
    for (form, bytes) in &kept {
        let report = bench.judge(bytes).await;
        assert_ne!(report.verdict, Verdict::Valid, "{form:?}: {}", report.text());
    }
}

#[tokio::test]
async fn what_a_key_touched_is_listed_and_signed_anew_page_by_page() {
    let bench = Bench::new(HTTPS).await;
    let mut awards = Vec::new();
    for n in 0..7 {
        awards.push(bench.mint(&format!("row-{n}")).await);
    }
    bench.form(&awards[0].id, BadgeForm::JwtEdDsa).await;
    bench.form(&awards[0].id, BadgeForm::JwtRs256).await;
    bench.issuer.revoke(&bench.mandate(), &awards[1].id, &why("x")).await.unwrap();
    let key = bench.key(KeyType::Ed25519).await;
    let (issuer, mandate) = (&bench.profile.id, bench.mandate());
    let early = bench.issuer.resign(&mandate, issuer, &key, &Page::first(3)).await;
    assert!(matches!(early, Err(IssuerError::StillSigns(_))));
    bench.clock.set(at("2026-05-01"));
    bench.turn(&key, KeyTurn::Compromise(None)).await.unwrap();
    bench.mint("later").await;

    let account = &bench.account;
    let touched = bench.issuer.touched(account, issuer, &key, &Page::first(50)).await.unwrap();
    assert_eq!(touched.items.len(), 7);
    let forms = |id: &crate::domain::AssertionId| {
        touched.items.iter().find(|one| one.assertion.id == *id).unwrap().forms.len()
    };
    assert_eq!((forms(&awards[0].id), forms(&awards[1].id)), (2, 1));

    let first = bench.issuer.resign(&mandate, issuer, &key, &Page::first(3)).await.unwrap();
    assert_eq!((first.resigned.len(), first.failed.len()), (3, 0));
    // It is begun again, as after a crash: those three are passed over.
    let mut page = Page::first(3);
    let mut resigned = Vec::new();
    loop {
        let done = bench.issuer.resign(&mandate, issuer, &key, &page).await.unwrap();
        resigned.extend(done.resigned);
        match done.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    assert_eq!(resigned.len(), 4);
    assert!(first.resigned.iter().all(|id| !resigned.contains(id)));
    let touched = bench.issuer.touched(account, issuer, &key, &Page::first(50)).await.unwrap();
    assert!(touched.items.iter().all(|one| one.forms.is_empty()), "all listed, none standing");
    let gone = names(&bench, std::slice::from_ref(&key)).await;
    for award in &awards {
        let now = bench.issuer.store().assertion(account, &award.id).await.unwrap().unwrap().value;
        assert_eq!((now.valid_from, now.revision), (award.valid_from, now.revision));
        for form in SIGNED {
            let bytes = bench.form(&award.id, form).await;
            assert!(!gone.contains(&signer(&bytes)), "{form:?}");
            let revoked = award.id == awards[1].id;
            let verdict = if revoked { Verdict::Invalid } else { Verdict::Valid };
            assert_eq!(bench.judge(&bytes).await.verdict, verdict, "{form:?}");
        }
    }
    let all = bench.issuer.resign(&mandate, issuer, &key, &Page::first(50)).await.unwrap();
    assert_eq!(all.resigned, []);
    let stranger = crate::domain::AccountId::random(&crate::world::Random::seeded(5));
    let mandate = Mandate::of(&stranger, "test");
    let other = bench.issuer.resign(&mandate, issuer, &key, &Page::first(9)).await;
    assert!(matches!(other, Err(IssuerError::NotFound(_))));
}

/// The key of a batch that is under way is retired: what it signs then is not kept.
#[tokio::test]
async fn a_key_that_is_retired_under_way_leaves_nothing_new() {
    let bench = Bench::new(HTTPS).await;
    let mandate = bench.mandate();
    let key = bench.key(KeyType::Ed25519).await;
    bench.add(KeyType::Ed25519).await;
    let newer = bench.key(KeyType::Ed25519).await;
    assert_ne!(key, newer);
    let drafts =
        (0..40).map(|n| bench.draft(|body| body["externalId"] = json!(format!("many-{n}"))));
    let minting = bench.issuer.mint_many(&mandate, drafts.collect());
    let turning = async {
        bench.add(KeyType::Ed25519).await;
        bench.turn(&newer, KeyTurn::Retire).await.unwrap();
        bench.issuer.store().events(&bench.account, &Page::first(1000)).await.unwrap()
    };
    let (minted, events) = futures_util::future::join(minting, turning).await;
    let at_retirement = events.items.len();
    let events = bench.issuer.store().events(&bench.account, &Page::first(1000)).await.unwrap();
    let late: Vec<&str> =
        events.items[at_retirement..].iter().map(|(_, event)| event.subject.as_str()).collect();
    for minted in minted {
        let award = minted.unwrap().value;
        if late.contains(&award.id.as_str()) {
            assert_ne!(award.key, newer, "minted after the key was retired");
        }
        let bytes = bench.form(&award.id, BadgeForm::Json).await;
        assert_eq!(bench.judge(&bytes).await.verdict, Verdict::Valid);
    }
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    assert!(matches!(ring.by_id(&newer).unwrap().record.life, KeyLife::Retired(_)));
}
