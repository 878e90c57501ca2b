//! Every check, made to fail and to be open by a badge and a web that do just that, and the verdict
//! that follows under every policy.

use super::forced::forced;
use super::*;
use CheckOutcome::{Fail, Unknown};

/// Checks that cannot come out this way, and why.
const NEVER: &[(&str, CheckOutcome, &str)] = &[
    ("input.supported", Unknown, "what is read is of a known kind or of none"),
    ("input.image", Fail, "what is odd about an image is told, not judged"),
    ("input.image", Unknown, "an image is there or not"),
    ("shape.members", Unknown, "members are there or not"),
    ("shape.schema", Unknown, "the schemas are compiled in"),
    ("shape.extensions", Unknown, "an unknown extension is a note"),
    (
        "subject.endorsed",
        Fail,
        "only of a part: see `endorsements_get_reports_wherever_they_stand_and_never_sink_the_badge`",
    ),
    ("subject.endorsed", Unknown, "it is said or not"),
    ("proof.present", Unknown, "a proof is there or not"),
    ("proof.purpose", Unknown, "only with a proof of an unknown kind: see proof.form"),
    ("proof.claims", Unknown, "claims agree or not"),
    ("proof.others", Fail, "further proofs are told, not judged"),
    ("proof.others", Unknown, "further proofs are told, not judged"),
    ("issuer.known", Fail, "an unknown issuer is no forgery"),
    ("hosted.id", Unknown, "ids are those of documents that were read"),
    ("hosted.copy", Fail, "a copy is only a pointer"),
    ("hosted.copy", Unknown, "a copy is only a pointer"),
    ("badge-class.issuer", Unknown, "the badge class was read or the check is skipped"),
    ("badge-class.criteria", Unknown, "the badge class was read or the check is skipped"),
    ("time.dates", Unknown, "dates are dates or not"),
    ("time.not-yet-valid", Unknown, "dates are dates or not"),
    ("time.expired", Unknown, "dates are dates or not"),
    ("status.other", Fail, "other purposes are told, not judged"),
    ("status.other", Unknown, "other purposes are told, not judged"),
    ("results.levels", Unknown, "levels belong or not"),
    ("alignment.known", Fail, "standards are told, not judged"),
    ("alignment.known", Unknown, "standards are told, not judged"),
];

#[test]
fn every_check_can_be_forced_and_the_verdict_follows() {
    let forced = forced();
    for about in checks::TABLE {
        for outcome in [Fail, Unknown] {
            let cases =
                forced.iter().filter(|f| f.check == about.id && f.outcome == outcome).count();
            let never =
                NEVER.iter().filter(|(id, way, _)| *id == about.id && *way == outcome).count();
            assert_eq!(cases.min(1) + never, 1, "{} {outcome:?}", about.id);
        }
    }
    let web = FakeWeb::new();
    let mut wrong = Vec::new();
    for forced in &forced {
        for policy in [PolicyName::Default, PolicyName::Strict, PolicyName::ProofOnly] {
            let options = Options { policy, evidence: true, ..Options::default() };
            let report = verifier(&web).judge(&forced.dossier, &options);
            let place = format!("{} {:?} {policy:?}", forced.check, forced.outcome);
            let happened = report.check(forced.check).unwrap().outcome == forced.outcome;
            if policy == PolicyName::Default {
                let others: Vec<&str> = ids(&report, forced.outcome)
                    .into_iter()
                    .filter(|id| *id != forced.check && !forced.with.contains(id))
                    .filter(|id| *id != "issuer.known")
                    .collect();
                if !happened || !others.is_empty() {
                    wrong.push(format!("{place}: also {others:?}\n{}", report.text()));
                }
            }
            let required = |outcome| {
                ids(&report, outcome).into_iter().any(|id| about(id).unwrap().required.by(policy))
            };
            let expected = match (required(Fail), required(Unknown)) {
                (true, _) => Verdict::Invalid,
                (false, true) => Verdict::Indeterminate,
                (false, false) => Verdict::Valid,
            };
            let counts = about(forced.check).unwrap().required.by(policy) && happened;
            if report.verdict != expected || (counts && report.verdict == Verdict::Valid) {
                wrong.push(format!("{place}: verdict\n{}", report.text()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
