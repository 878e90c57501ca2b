use super::status::{LIST, entry, list, sound};
use super::*;
use crate::resolve::Why;

/// A badge with a status entry, the web it leads to, and the clock of who judges.
fn gathered() -> (Dossier, Clock) {
    let web = web();
    web.page(LIST, "application/vc+ld+json", sound(list("revocation", &[7])).to_string());
    let mut badge = credential(DID);
    badge["credentialStatus"] = entry("revocation", "8".into());
    let token = token(&payload(&badge), &key(1), &method(&key(1)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let gathering = verifier(&web);
    let input = Input::sniff(token);
    let dossier = runtime.block_on(gathering.gather(input, &Options::default())).unwrap();
    (dossier, Clock::frozen(now()))
}

/// Judges with a web that is gone: whoever asks it for anything fails the test.
fn judge(dossier: &Dossier, clock: &Clock, at: Option<&str>) -> Report {
    let resolver = Resolver::fake(FakeWeb::new(), None, clock.clone());
    let trust = Trust::default();
    let verifier = Verifier::new(resolver, bundled::contexts(), clock.clone(), trust);
    let at = at.map(|at| at.parse().unwrap());
    verifier.judge(dossier, &Options { at, ..Options::default() })
}

#[test]
fn a_dossier_comes_back_from_its_file_and_is_judged_the_same() {
    let (dossier, clock) = gathered();
    let file = dossier.to_file().unwrap();
    let again = Dossier::of_file(&file).unwrap();
    assert_eq!(again, dossier);
    assert_eq!(judge(&again, &clock, None), judge(&dossier, &clock, None));
    valid(&judge(&again, &clock, None));
}

#[test]
fn years_later_it_says_as_of_when_it_was_valid() {
    let (dossier, clock) = gathered();
    clock.set("2031-01-01T00:00:00Z".parse().unwrap());
    let report = judge(&dossier, &clock, None);
    valid(&report);
    assert_eq!(report.as_of, now());
    assert_eq!(report.checked_at.to_string(), "2031-01-01T00:00:00Z");
    assert_eq!(report.answers.in_force.as_of, now());
    let reason = &report.answers.in_force.reason;
    assert_eq!(
        *reason,
        "it was valid as of 2026-06-01T12:00:00Z; its status could not be renewed since"
    );
}

#[test]
fn of_a_later_instant_its_status_is_not_known() {
    let (dossier, clock) = gathered();
    clock.set("2031-01-01T00:00:00Z".parse().unwrap());
    open(&judge(&dossier, &clock, Some("2026-12-01T00:00:00Z")), "status.read");
    invalid(&judge(&dossier, &clock, Some("2028-01-01T00:00:00Z")), &["time.expired"]);
    // Judged on the day itself, any instant may be asked for.
    clock.set(now());
    valid(&judge(&dossier, &clock, Some("2026-12-01T00:00:00Z")));
}

#[test]
fn what_was_revoked_then_stays_revoked() {
    let web = web();
    web.page(LIST, "application/vc+ld+json", sound(list("revocation", &[8])).to_string());
    let mut badge = credential(DID);
    badge["credentialStatus"] = entry("revocation", "8".into());
    let badge = token(&payload(&badge), &key(1), &method(&key(1)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = Options::default();
    let dossier = runtime.block_on(verifier(&web).gather(Input::sniff(badge), &options)).unwrap();
    let clock = Clock::frozen("2031-01-01T00:00:00Z".parse().unwrap());
    invalid(&judge(&dossier, &clock, None), &["status.revoked"]);
}

#[test]
fn a_file_that_was_changed_or_is_another_kind_of_file_is_refused() {
    let (dossier, _) = gathered();
    let text = String::from_utf8(dossier.to_file().unwrap()).unwrap();
    let refused = |text: &str| Dossier::of_file(text.as_bytes()).unwrap_err();
    let damaged = text.replace("assertionMethod", "assertionMethoD");
    assert_ne!(damaged, text);
    assert!(matches!(refused(&damaged), DossierError::Damaged { url, .. } if url == DID_URL));
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(refused(&newer), DossierError::Version(2));
    for other in ["", "{}", "[]", "{\"format\":\"x\",\"version\":1}", &text[..text.len() - 1]] {
        assert!(matches!(refused(other), DossierError::Content(_)), "{other:.40}");
    }
    let twice = text.replacen("{\"format\"", "{\"version\":1,\"format\"", 1);
    assert!(matches!(refused(&twice), DossierError::Content(_)));
    let long = " ".repeat(MAX_DOSSIER + 1);
    assert_eq!(refused(&long), DossierError::TooLarge(MAX_DOSSIER + 1));
}

#[test]
fn what_did_not_come_is_kept_too() {
    let web = FakeWeb::new();
    web.failure(DID_URL, Why::Timeout);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let badge = signed(credential(DID), &key(1), &method(&key(1))).to_string();
    let options = Options::default();
    let dossier = runtime.block_on(verifier(&web).gather(Input::sniff(badge), &options)).unwrap();
    let again = Dossier::of_file(&dossier.to_file().unwrap()).unwrap();
    assert_eq!(again, dossier);
    assert_eq!(judge(&again, &Clock::frozen(now()), None).verdict, Verdict::Indeterminate);
}
