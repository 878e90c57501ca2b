//! Keys: what each kind is for, how they are published, and that what they sign is judged.

use serde_json::json;

use super::super::IssuerError;
use super::{Bench, HTTP, HTTPS};
use crate::proof::did::{ControllerDocument, Relationship};
use crate::proof::jws::{self, Compact};
use crate::proof::key::{KeyType, PublicKey};
use crate::urls::BadgeForm;

#[tokio::test]
async fn with_a_p256_key_tokens_are_served_with_es256() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let urls = bench.issuer.urls();
    let named = urls.read(&urls.badge_form(&award.id, BadgeForm::JwtEs256)).unwrap();
    let refused = bench.issuer.document(&named).await.unwrap_err();
    assert!(matches!(refused, IssuerError::NoForm(_)), "{refused}");

    let made = bench.issuer.add_key(&bench.mandate(), &bench.profile.id, KeyType::P256).await;
    let made = made.unwrap();
    assert_eq!(made.answer["number"], json!(3));
    assert!(made.answer["publicKeyJwk"].get("d").is_none());
    let did = "did:web:badges.example.org:issuers:tm";
    let controller = bench.get_json(&format!("{HTTPS}/issuers/tm/did.json")).await;
    let controller = ControllerDocument::parse(&(&controller).into(), did).unwrap();
    for (form, alg) in [
        (BadgeForm::JwtEs256, "ES256"),
        (BadgeForm::JwtRs256, "RS256"),
        (BadgeForm::JwtEdDsa, "EdDSA"),
    ] {
        let token = bench.form(&award.id, form).await;
        let token = Compact::parse(std::str::from_utf8(&token).unwrap()).unwrap();
        assert_eq!(token.header().algorithm().as_str(), alg);
        let kid = token.header().kid().unwrap().to_owned();
        let key = controller.find(&kid, Relationship::Assertion).unwrap().key().unwrap();
        jws::verify(&token, &key).unwrap();
    }
}

#[tokio::test]
async fn an_issuer_known_by_its_key_gets_no_second_one() {
    let bench = Bench::new(HTTP).await;
    let (mandate, issuer) = (bench.mandate(), &bench.profile.id);
    let refused = bench.issuer.add_key(&mandate, issuer, KeyType::Ed25519).await.unwrap_err();
    assert!(matches!(refused, IssuerError::OneKey(_)), "{refused}");
    bench.issuer.add_key(&mandate, issuer, KeyType::P256).await.unwrap();
    let ring = bench.issuer.key_ring(&bench.account, issuer).await.unwrap();
    let kinds: Vec<&str> = ring.keys.iter().map(|key| key.record.key_type.as_str()).collect();
    assert_eq!(kinds, ["ed25519", "rsa", "p256"]);
}

#[tokio::test]
async fn a_hosted_document_that_is_not_the_issuers_own_does_not_leave() {
    let bench = Bench::new(HTTPS).await;
    let award = bench.mint("1").await;
    let mut found = bench.issuer.public_award(&award.id).await.unwrap();
    bench.issuer.form(&found, BadgeForm::Ob2Json).await.unwrap();
    // Without a criterion of any kind the badge class is none (Open Badges 2.0, BadgeClass).
    found.class.criteria.url = None;
    found.class.criteria.narrative = None;
    let refused = bench.issuer.form(&found, BadgeForm::Ob2Json).await;
    // The assertion names the class by its URL, so that its own text is the one that passed.
    assert!(refused.is_ok(), "the same text was judged before");
    found.assertion.narrative = Some("Another text.".to_owned());
    let refused = bench.issuer.form(&found, BadgeForm::Ob2Json).await.unwrap_err();
    assert!(matches!(refused, IssuerError::Preflight(_)), "{refused}");
}

#[tokio::test]
async fn every_key_is_served_as_jwk_under_its_own_url() {
    let bench = Bench::new(HTTPS).await;
    let ring = bench.issuer.key_ring(&bench.account, &bench.profile.id).await.unwrap();
    assert_eq!(ring.keys.len(), 2);
    for key in &ring.keys {
        let url = bench.issuer.urls().issuer_key(&bench.profile.slug, &key.record.id);
        let jwk = bench.get_json(&url).await;
        assert_eq!(PublicKey::from_jwk(&(&jwk).into()).unwrap(), key.public);
        assert!(jwk.get("d").is_none());
    }
    let service = bench.get_json(&format!("{HTTPS}/.well-known/did.json")).await;
    assert_eq!(service["id"], json!("did:web:badges.example.org"));
}
