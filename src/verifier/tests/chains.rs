//! Proofs that build on others (`previousProof`): none holds longer than those.

use super::*;

const WITNESS: &str = "urn:uuid:3a3f7a0c-2a57-4c88-9f6b-000000000001";

/// A badge that a witness signed first, and then its issuer with the witness's proof: changed by
/// `change` in between.
fn witnessed(witness_method: &str, change: impl FnOnce(&mut Json)) -> Json {
    let mut badge = credential(DID);
    let options = ProofOptions { id: Some(WITNESS), ..ProofOptions::default() };
    let mut witness = proof(&badge, &key(2), witness_method, &options);
    change(&mut witness);
    badge["proof"] = json!([witness]);
    let options = ProofOptions { previous: &[WITNESS], ..ProofOptions::default() };
    let issuers = proof(&badge, &key(1), &method(&key(1)), &options);
    badge["proof"].as_array_mut().unwrap().push(issuers);
    badge
}

#[test]
fn an_issuers_proof_over_a_witness_that_holds_is_valid() {
    let witness = did::did_key_method(key(2).public()).unwrap();
    let badge = witnessed(&witness, |_| ());
    valid(&judged(&web(), &badge));
    let mut without = badge;
    without["proof"].as_array_mut().unwrap().remove(0);
    assert_eq!(judged(&web(), &without).verdict, Verdict::Invalid);
}

#[test]
fn an_issuers_proof_over_a_witness_that_does_not_hold_is_refused() {
    let witness = did::did_key_method(key(2).public()).unwrap();
    let report = judged(
        &web(),
        &witnessed(&witness, |proof| proof["created"] = "2026-05-02T00:00:00Z".into()),
    );
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
}

#[test]
fn an_issuers_proof_over_a_witness_whose_key_is_gone_is_open() {
    let web = web();
    web.answer("https://gone.example/.well-known/did.json", 404, "text/plain", "");
    let report = judged(&web, &witnessed("did:web:gone.example#key", |_| ()));
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", report.text());
}
