use super::*;
use crate::language::Language;

/// Every sentence of a report that has no translation.
fn untranslated(report: &Report) -> Vec<String> {
    let spanish = report.clone().in_language(Language::Spanish);
    let pairs =
        report.checks.iter().zip(&spanish.checks).flat_map(|(one, other)| {
            [(&*one.title, &*other.title), (&*one.message, &*other.message)]
        });
    let answers = (&report.answers, &spanish.answers);
    let reasons = [
        (answers.0.authentic.reason.as_str(), answers.1.authentic.reason.as_str()),
        (answers.0.in_force.reason.as_str(), answers.1.in_force.reason.as_str()),
        (answers.0.issuer.reason.as_str(), answers.1.issuer.reason.as_str()),
    ];
    pairs
        .chain(reasons)
        .filter(|(one, other)| one == other)
        .map(|(one, _)| one.to_owned())
        .collect()
}

#[test]
fn a_report_is_said_in_spanish_and_stays_the_same_otherwise() {
    let report = judged(&web(), &self_contained());
    let spanish = report.clone().in_language(Language::Spanish);
    assert_eq!(untranslated(&report), Vec::<String>::new());
    assert_eq!(
        spanish.answers.authentic.reason,
        "el emisor nombrado firmó esta insignia, y nada en ella se ha cambiado"
    );
    assert_eq!(spanish.verdict, report.verdict);
    assert_eq!(spanish.badge, report.badge);
    let fixed = |report: &Report| -> Vec<_> {
        let checks = report.checks.iter();
        checks.map(|check| (check.id.clone(), check.outcome, check.facts.clone())).collect()
    };
    assert_eq!(fixed(&spanish), fixed(&report));
    assert_eq!(report.clone().in_language(Language::English), report);
}

#[test]
fn what_goes_wrong_is_said_in_spanish_too() {
    let mut altered = self_contained();
    altered["name"] = "Another".into();
    let mut expired = credential(DID);
    expired["validUntil"] = "2026-05-02T00:00:00Z".into();
    let expired = signed(expired, &key(1), &method(&key(1)));
    let web = web();
    web.answer("https://gone.example/b", 404, "text/plain", "");
    let reports = [
        judged(&web, &altered),
        judged(&web, &expired),
        judged(&web, &json!({"type": "VerifiableCredential"})),
        judged(&web, &json!({"@context": 7})),
        run(&web, "https://gone.example/b", Options::default()),
        run(&web, "https://user@gone.example/b", Options::default()),
        run(&web, "eyJhbGciOiJub25lIn0.e30.", Options::default()),
    ];
    for report in reports {
        assert_ne!(report.verdict, Verdict::Valid);
        assert_eq!(untranslated(&report), Vec::<String>::new(), "{}", report.text());
    }
}

#[test]
fn the_text_of_a_report_is_in_the_language_asked_for() {
    let report = judged(&web(), &self_contained());
    let spanish = report.text_in(Language::Spanish).to_string();
    assert!(spanish.starts_with("VÁLIDA\n"), "{spanish}");
    assert!(spanish.contains("en vigor") && spanish.contains("a fecha de 2026-06-01T12:00:00Z"));
    assert!(report.text().to_string().starts_with("VALID\n"));
}

#[test]
fn the_text_shows_the_trace_that_was_asked_for() {
    let options = Options { trace: true, ..Options::default() };
    let text = run(&web(), self_contained().to_string(), options).text().to_string();
    for part in ["documentHash: ", "proofHash: ", "signed: ", "suite: eddsa-rdfc-2022", "_:c14n0 "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}
