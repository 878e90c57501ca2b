//! What strangers send to the verifier: tokens, DID URLs, status lists, documents, whole badges.

use std::sync::LazyLock;

use accolade::bundled::contexts;
use accolade::config::{FetchSettings, Trust};
use accolade::json;
use accolade::linked_data;
use accolade::proof::did::{ControllerDocument, Did, DidUrl, did_key, did_key_method, did_web_url};
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey, PublicKey};
use accolade::proof::suite::{self, ProofOptions, Suite};
use accolade::resolve::Resolver;
use accolade::status::bitstring::StatusList;
use accolade::status::revocation_list::RevocationList;
use accolade::verifier::{
    CheckOutcome, Dossier, Input, InputError, Options, Report, Verdict, Verifier,
};
use accolade::wire;
use accolade::world::{Clock, Random};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bolero::check;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::choices::Choices;
use crate::maxima::Maxima;
use crate::{json_text, text};

static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::generate(KeyType::Ed25519, &Random::seeded(8)).unwrap());

/// A token over JSON of all sorts, with one part exchanged now and then.
#[test]
fn jws_header_and_jwt() {
    let headers = [
        r#"{"alg":"EdDSA","typ":"vc+jwt","kid":"did:key:z6Mk#z6Mk","cty":"vc"}"#,
        r#"{"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}"#,
        r#"{"alg":"ES256","crit":["b64"],"b64":false,"x5c":["AA=="]}"#,
        r#"{"alg":"none"}"#,
    ];
    let header = SignHeader { kid: Some("k"), typ: Some("JWT"), cty: None };
    let token = jws::sign(br#"{"vc":{"a":1},"nbf":1}"#, &header, &KEY).unwrap();
    let mut maxima = Maxima::of("jws_header_and_jwt");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let token = match choices.below(3) {
                0 => {
                    let header = text::changed_seed(&mut choices, &headers);
                    let payload = json_text::text(&mut choices);
                    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
                    format!("{}.{}.{}", part(&header), part(&payload), part("signature"))
                }
                1 => text::raw(&mut choices),
                _ => text::changed_seed(&mut choices, &[&token]),
            };
            let Ok(parsed) = Compact::parse(&token) else { return false };
            let signed = token.rsplit_once('.').unwrap().0;
            assert_eq!(parsed.signing_input(), signed);
            if jws::verify(&parsed, KEY.public()).is_ok() {
                let payload = json::parse_bytes(parsed.payload()).unwrap();
                assert_eq!(payload.to_string(), r#"{"vc":{"a":1},"nbf":1}"#, "a forged payload");
            }
            if let Some(Ok(key)) = parsed.header().jwk() {
                let _ = jws::verify(&parsed, &key);
            }
            let _ = (parsed.header().vc_profile(), parsed.header().typ());
            true
        });
    });
    maxima.report();
}

#[test]
fn did_urls_and_controller_documents() {
    let did = did_key(KEY.public()).unwrap();
    let dids = [
        did.as_str(),
        "did:web:issuer.example%3A8443:issuers:a#key-1",
        "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IkFBQUEifQ#0",
        "did:example:a.b-c_d%20e?q=1#f",
    ];
    let documents =
        [json!({"id": "did:web:a.example", "verificationMethod": [{"id": "#k", "type": "Multikey",
            "controller": "did:web:a.example", "publicKeyMultibase": KEY.public().to_multikey()}],
            "assertionMethod": ["#k", {"id": "did:web:a.example#j", "type": "JsonWebKey",
            "controller": "did:web:a.example", "publicKeyJwk": KEY.public().to_jwk()}]})
        .to_string()];
    let documents = documents.each_ref().map(String::as_str);
    let mut maxima = Maxima::of("did_urls_and_controller_documents");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            if choices.once_in(2) {
                let text = text::changed_seed(&mut choices, &documents);
                let Ok(document) = json::parse(&text) else { return false };
                let read = ControllerDocument::parse(&document, "did:web:a.example");
                return read
                    .is_ok_and(|read| read.methods().iter().any(|method| method.key().is_ok()));
            }
            let text = match choices.once_in(4) {
                true => text::raw(&mut choices),
                false => text::changed_seed(&mut choices, &dids),
            };
            if let Ok(did) = Did::parse(&text) {
                assert_eq!(Did::parse(did.as_str()).unwrap().method(), did.method());
                let _ = (did.own_document(), did_web_url(&did));
            }
            let multikey = text.rsplit_once(':').map_or(text.as_str(), |(_, last)| last);
            if let Ok(key) = PublicKey::from_multikey(multikey) {
                assert_eq!(key.to_multikey().as_deref(), Some(multikey), "two names of one key");
            }
            DidUrl::parse(&text).is_ok_and(|url| {
                assert_eq!(format!("{}#{}", url.did(), url.fragment()), text);
                true
            })
        });
    });
    maxima.report();
}

#[test]
fn bitstring_and_revocation_lists() {
    let mut list = StatusList::new(131_072).unwrap();
    list.set(94_567, true).unwrap();
    let encoded = list.encode();
    let older = encoded.trim_start_matches('u').to_owned();
    let seeds = [encoded.as_str(), &older];
    let revocations = [
        r#"{"type":"RevocationList","id":"https://a.example/r","issuer":"https://a.example/",
            "revokedAssertions":["urn:a",{"id":"urn:b","revocationReason":"x"},{"uid":"c"}]}"#,
        r#"{"id":"https://a.example/r","issuer":{"id":"did:web:a.example"},
            "revokedCredential":[{"id":"urn:a","revoked":false}]}"#,
    ];
    let mut maxima = Maxima::of("bitstring_and_revocation_lists");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            if choices.once_in(3) {
                let text = text::changed_seed(&mut choices, &revocations);
                let Ok(document) = json::parse(&text) else { return false };
                return [
                    RevocationList::parse_ob2(&document),
                    RevocationList::parse_1edtech(&document),
                ]
                .into_iter()
                .flatten()
                .any(|list| list.find("urn:a", Some("c")).is_some());
            }
            let text = match choices.once_in(6) {
                true => text::raw(&mut choices),
                false => text::changed_seed(&mut choices, &seeds),
            };
            [StatusList::decode(&text), StatusList::decode_2021(&text)].into_iter().flatten().any(
                |list| {
                    let again = StatusList::decode(&list.encode()).unwrap();
                    assert_eq!(again, list);
                    let entries = u32::try_from(list.entries()).unwrap();
                    assert!(list.get(entries).is_err(), "an entry after the last");
                    let _ = (list.check_length(2), list.value(entries / 2, 2));
                    true
                },
            )
        });
    });
    maxima.report();
}

/// Open Badges 2.0 and before, as JSON of the right sort and of any.
#[test]
fn open_badges_2_documents() {
    let seeds = [
        r#"{"@context":"https://w3id.org/openbadges/v2","id":"https://a.example/1","type":"Assertion",
            "badge":{"type":"BadgeClass","id":"https://a.example/b","name":"n","description":"d",
            "criteria":{"narrative":"c"},"image":"https://a.example/i.png",
            "issuer":{"type":"Issuer","id":"https://a.example/","name":"n","url":"https://a.example/"},
            "alignment":[{"targetName":"t","targetUrl":"https://t.example/"}],"tags":["a"]},
            "recipient":{"type":"email","hashed":true,"salt":"s","identity":"sha256$00"},
            "verification":{"type":"HostedBadge"},"issuedOn":"2026-01-01T00:00:00Z",
            "evidence":[{"id":"https://e.example/","narrative":"x"}],"narrative":"y"}"#,
        r#"{"uid":"1","recipient":"sha1$00","badge":"https://a.example/b","issuedOn":1400000000,
            "verify":{"type":"hosted","url":"https://a.example/1"}}"#,
        r#"{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","revoked":true}"#,
    ];
    let mut maxima = Maxima::of("open_badges_2_documents");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let text = match choices.once_in(6) {
                true => json_text::text(&mut choices),
                false => text::changed_seed(&mut choices, &seeds),
            };
            let Ok(document) = json::parse(&text) else { return false };
            let kind = wire::detect(&document);
            let parsed = wire::ob2::parse(&document, document.get("badge"), None);
            for problem in parsed.problems() {
                assert!(!problem.to_string().is_empty(), "a problem without a word for {kind:?}");
            }
            let _ = wire::ob3::parse(&document);
            true
        });
    });
    maxima.report();
}

/// The whole verifier, which may go nowhere: a report comes for everything that is a badge at all, and
/// none of a changed credential is valid.
#[test]
fn whole_badges() {
    let credential = signed();
    let unchanged = meaning(&json::parse(&credential).unwrap());
    let token = jws::sign(credential.as_bytes(), &SignHeader::default(), &KEY).unwrap();
    let hosted = r#"{"@context":"https://w3id.org/openbadges/v2","id":"https://a.example/1",
        "type":"Assertion","badge":"https://a.example/b","issuedOn":"2026-01-01T00:00:00Z",
        "recipient":{"type":"email","hashed":false,"identity":"a@a.example"},
        "verification":{"type":"HostedBadge"}}"#;
    let seeds = [credential.as_str(), &credential, &token, hosted, "https://a.example/1"];
    let judge = Judge::new();
    assert_eq!(judge.report(&credential).unwrap().verdict, Verdict::Valid);
    let mut maxima = Maxima::of("whole_badges");
    check!().with_iterations(1_500).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let text = match choices.once_in(8) {
                true => text::raw(&mut choices),
                false => text::changed_seed(&mut choices, &seeds),
            };
            let Ok(report) = judge.report(&text) else { return false };
            if report.verdict == Verdict::Valid {
                match json::parse(text.trim()) {
                    Ok(read) => assert_eq!(meaning(&read), unchanged, "valid: {text}"),
                    Err(_) => assert_eq!(text.trim(), token, "valid"),
                }
            }
            true
        });
    });
    maxima.report();
}

/// Every kind of badge that the corpus holds, changed: older versions, transcripts, presentations,
/// envelopes, endorsements, selective proofs, pictures as text. Whatever becomes of it, a report does.
#[test]
fn badges_of_every_kind() {
    let seeds = corpus();
    let seeds: Vec<&str> = seeds.iter().map(String::as_str).collect();
    let judge = Judge::new();
    let mut maxima = Maxima::of("badges_of_every_kind");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let text = text::changed_seed(&mut choices, &seeds);
            let Ok(report) = judge.report(&text) else { return false };
            let failed = report.checks.iter().any(|check| check.outcome == CheckOutcome::Fail);
            assert!(report.verdict != Verdict::Invalid || failed, "invalid and no reason: {text}");
            true
        });
    });
    maxima.report();
}

/// The texts among the inputs of the corpus.
fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/corpus/inputs");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts: Vec<String> =
        files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    assert!(texts.len() >= 300, "{} texts", texts.len());
    texts
}

/// A dossier that was kept and changed since: it is refused, or judged.
#[test]
fn kept_dossiers() {
    let judge = Judge::new();
    let hosted = "https://a.example/1";
    let seeds = [signed(), hosted.to_owned()].map(|given| judge.keep(&given));
    let seeds = seeds.each_ref().map(String::as_str);
    let mut maxima = Maxima::of("kept_dossiers");
    check!().with_iterations(1_500).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let text = match choices.once_in(6) {
                true => json_text::text(&mut choices),
                false => text::changed_seed(&mut choices, &seeds),
            };
            let Ok(dossier) = Dossier::of_file(text.as_bytes()) else { return false };
            judge.kept(&dossier);
            true
        });
    });
    maxima.report();
}

/// A verifier that may go nowhere.
struct Judge {
    verifier: Verifier,
    runtime: Runtime,
}

/// Nothing that it keeps is looked at after a panic.
impl std::panic::RefUnwindSafe for Judge {}

impl Judge {
    fn new() -> Self {
        let settings = FetchSettings { refuse_all: true, ..FetchSettings::default() };
        let clock = Clock::frozen("2026-06-01T00:00:00Z".parse().unwrap());
        let resolver = Resolver::new(&settings, None, clock.clone()).unwrap();
        let verifier = Verifier::new(resolver, contexts(), clock, Trust::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { verifier, runtime }
    }

    fn report(&self, text: &str) -> Result<Report, InputError> {
        self.runtime.block_on(self.verifier.verify(Input::sniff(text), Options::default()))
    }

    /// The file of a dossier on this.
    fn keep(&self, text: &str) -> String {
        let options = Options::default();
        let gathered = self.verifier.gather(Input::sniff(text), &options);
        let file = self.runtime.block_on(gathered).unwrap().to_file().unwrap();
        String::from_utf8(file).unwrap()
    }

    fn kept(&self, dossier: &Dossier) -> Report {
        self.verifier.judge(dossier, &Options::default())
    }
}

/// What a document says, its proof included; a type may stand in an array or alone.
fn meaning(document: &json::Value<'_>) -> String {
    let options = linked_data::Options::default();
    linked_data::canonicalize(document, contexts(), &options).unwrap().nquads
}

/// A small credential that is valid for ever.
fn signed() -> String {
    let issuer = did_key(KEY.public()).unwrap();
    let mut document = json!({
        "@context": wire::ob3::CONTEXTS,
        "id": "urn:uuid:6d1c1f8e-91c1-4d6e-8f36-2f7a1f0f9a11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Facilitator",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "River"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], "id": "urn:uuid:1", "achievement": {
            "id": "https://a.example/b", "type": ["Achievement"], "name": "Facilitator",
            "description": "Leads meetings.", "criteria": {"narrative": "Three agendas."}}},
    });
    let options = ProofOptions {
        verification_method: &did_key_method(KEY.public()).unwrap(),
        created: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let proof =
        suite::sign(&(&document).into(), Suite::EddsaRdfc2022, &options, &KEY, contexts()).unwrap();
    document["proof"] = proof;
    document.to_string()
}
