//! Every cryptosuite, with a good badge and a changed one; chains of proofs.

use accolade::proof::key::PrivateKey;
use accolade::proof::suite::{ProofOptions, Suite};
use serde_json::{Value, json};

use super::case::Case;
use super::issuer::{credential, method, own, p256, p384, proof_in, with};

pub(super) fn cases() -> Vec<Case> {
    let suites: [(&str, Suite, PrivateKey); 7] = [
        ("eddsa-rdfc-2022", Suite::EddsaRdfc2022, own()),
        ("eddsa-jcs-2022", Suite::EddsaJcs2022, own()),
        ("ecdsa-rdfc-2019-p256", Suite::EcdsaRdfc2019, p256()),
        ("ecdsa-rdfc-2019-p384", Suite::EcdsaRdfc2019, p384()),
        ("ecdsa-jcs-2019-p256", Suite::EcdsaJcs2019, p256()),
        ("ecdsa-jcs-2019-p384", Suite::EcdsaJcs2019, p384()),
        ("ed25519-signature-2020", Suite::Ed25519Signature2020, own()),
    ];
    let mut cases = Vec::new();
    for (name, suite, key) in suites {
        let good = signed(suite, &key);
        let another = if key.public() == own().public() { p256() } else { own() };
        let case = |id: &str, fault: &str, badge: &Value| {
            Case::json(&format!("suite/{name}-{id}"), fault, badge)
        };
        cases.push(case("good", "nothing", &good));
        cases.push(
            case(
                "altered",
                "the name was changed after it was signed",
                &with(&good, "/credentialSubject/achievement/name", json!("Leading")),
            )
            .invalid(&["proof.signature"]),
        );
        cases.push(
            case(
                "strangers-key",
                "the proof names another key of the issuer",
                &with(&good, "/proof/verificationMethod", json!(method(&another))),
            )
            .invalid(&["proof.signature"]),
        );
    }
    cases.extend(chains());
    cases
}

fn signed(suite: Suite, key: &PrivateKey) -> Value {
    let mut badge = credential();
    if suite == Suite::Ed25519Signature2020 {
        // The proof's type is defined by its own context.
        badge["@context"]
            .as_array_mut()
            .unwrap()
            .push(json!("https://w3id.org/security/suites/ed25519-2020/v1"));
    }
    badge["proof"] = proof_in(suite, &badge, key, &method(key), &ProofOptions::default());
    badge
}

fn chains() -> Vec<Case> {
    let suite = Suite::EddsaRdfc2022;
    let chain = || {
        let mut badge = credential();
        let id = "urn:uuid:00000000-0000-4000-8000-0000000000f1";
        let options = ProofOptions { id: Some(id), ..ProofOptions::default() };
        let first = proof_in(suite, &badge, &own(), &method(&own()), &options);
        badge["proof"] = json!([first]);
        let options = ProofOptions { previous: &[id], ..ProofOptions::default() };
        let second = proof_in(Suite::EcdsaRdfc2019, &badge, &p256(), &method(&p256()), &options);
        badge["proof"] = json!([badge["proof"][0], second]);
        badge
    };
    let good = chain();
    let cut = with(&good, "/proof", json!([good["proof"][1]]));
    vec![
        Case::json("suite/chain-good", "nothing: the second proof follows the first", &good),
        Case::json("suite/chain-cut", "the proof that the second one follows was taken out", &cut)
            .invalid(&["proof.signature"]),
    ]
}
