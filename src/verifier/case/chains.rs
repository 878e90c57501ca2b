//! Proofs that build on others: none holds longer than those (Data Integrity §4.5, `previousProof`).

use super::proofs::ProofFinding;
use crate::json::Value;
use crate::verifier::report::CheckOutcome;

/// Lets every proof take over what is wrong with those that it builds on.
pub(super) fn follow(proofs: &[Value<'_>], findings: &mut [ProofFinding]) {
    // Circles were refused, so that as many rounds as there are proofs reach the end of every chain.
    for _ in proofs {
        let before: Vec<(Option<&str>, CheckOutcome)> = proofs
            .iter()
            .zip(&*findings)
            .map(|(proof, finding)| (proof.str_of("id"), finding.signature.0))
            .collect();
        for (proof, finding) in proofs.iter().zip(&mut *findings) {
            let previous = proof.get("previousProof").map(Value::items).unwrap_or_default();
            for id in previous.iter().filter_map(Value::as_str) {
                let found = before.iter().find(|(known, _)| *known == Some(id));
                let Some((_, outcome)) = found else { continue };
                let text = match (outcome, finding.signature.0) {
                    (CheckOutcome::Fail, CheckOutcome::Pass | CheckOutcome::Unknown) => {
                        format!("the proof builds on {id}, which does not hold")
                    }
                    (CheckOutcome::Unknown, CheckOutcome::Pass) => {
                        format!("the proof builds on {id}, which could not be checked")
                    }
                    _ => continue,
                };
                finding.signature = (*outcome, text.into());
            }
        }
    }
}
