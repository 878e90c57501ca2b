use super::status::{LIST, badge as with_status, entry, list, sound};
use super::*;
use crate::resolve::Why;

/// A verifier that keeps documents, and the clock it looks at.
fn keeping(web: &FakeWeb) -> (Verifier, Clock) {
    let clock = Clock::frozen(now());
    let resolver = Resolver::fake_with_cache(web.clone(), clock.clone());
    let verifier = Verifier::new(resolver, bundled::contexts(), clock.clone(), Trust::default());
    (verifier, clock)
}

fn verify(verifier: &Verifier, badge: &str) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(verifier.verify(Input::sniff(badge), Options::default())).unwrap()
}

fn later(clock: &Clock, seconds: i64) {
    clock.set(clock.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap());
}

fn badge() -> String {
    signed(credential(DID), &key(1), &method(&key(1))).to_string()
}

#[test]
fn a_badge_verified_twice_fetches_once() {
    let web = web();
    let (verifier, clock) = keeping(&web);
    for _ in 0..3 {
        valid(&verify(&verifier, &badge()));
    }
    assert_eq!(web.asked(), [DID_URL]);
    later(&clock, 3600 + 1);
    valid(&verify(&verifier, &badge()));
    assert_eq!(web.asked().len(), 2);
}

#[test]
fn a_document_with_an_etag_is_only_confirmed() {
    let web = FakeWeb::new();
    web.tagged(DID_URL, "\"1\"", did_document(&[(&key(1), KeyStatus::Active)]));
    let (verifier, clock) = keeping(&web);
    let first = verify(&verifier, &badge());
    later(&clock, 3600 + 1);
    let second = verify(&verifier, &badge());
    valid(&second);
    let document = |report: &Report| report.documents.last().unwrap().clone();
    assert_eq!(document(&first).sha256, document(&second).sha256);
    assert_eq!(document(&second).fetched_at, Some(clock.now()));
}

#[test]
fn a_failure_is_believed_shortly_and_never_replaces_a_good_key() {
    let web = web();
    let (verifier, clock) = keeping(&web);
    valid(&verify(&verifier, &badge()));
    web.failure(DID_URL, Why::Timeout);
    valid(&verify(&verifier, &badge()));
    later(&clock, 3600 + 1);
    open(&verify(&verifier, &badge()), "proof.key");
    let asked = web.asked().len();
    open(&verify(&verifier, &badge()), "proof.key");
    assert_eq!(web.asked().len(), asked, "the failure is remembered");
    web.page(DID_URL, "x", did_document(&[(&key(1), KeyStatus::Active)]));
    later(&clock, 21);
    valid(&verify(&verifier, &badge()));
}

#[test]
fn an_old_status_list_never_takes_back_a_revocation() {
    let token = with_status(entry("revocation", "77".into()));
    let dated = |set: &[u32], day: &str| {
        let mut list = list("revocation", set);
        list["validFrom"] = format!("2026-05-{day}T00:00:00Z").into();
        sound(list).to_string()
    };
    let web = web();
    web.page(LIST, "x", dated(&[], "20"));
    let (verifier, clock) = keeping(&web);
    valid(&verify(&verifier, &token));
    web.page(LIST, "x", dated(&[77], "21"));
    later(&clock, 301);
    invalid(&verify(&verifier, &token), &["status.revoked"]);
    // Somebody plays the old one again.
    web.page(LIST, "x", dated(&[], "20"));
    later(&clock, 301);
    invalid(&verify(&verifier, &token), &["status.revoked"]);
    // The issuer takes it back.
    web.page(LIST, "x", dated(&[], "22"));
    later(&clock, 301);
    valid(&verify(&verifier, &token));
}

#[test]
fn a_list_is_kept_no_longer_than_it_says() {
    let token = with_status(entry("revocation", "77".into()));
    let mut short = list("revocation", &[]);
    short["credentialSubject"]["ttl"] = 20_000.into();
    let web = web();
    web.page(LIST, "x", sound(short).to_string());
    let (verifier, clock) = keeping(&web);
    let count = || web.asked().iter().filter(|url| *url == LIST).count();
    valid(&verify(&verifier, &token));
    later(&clock, 19);
    valid(&verify(&verifier, &token));
    assert_eq!(count(), 1);
    later(&clock, 2);
    valid(&verify(&verifier, &token));
    assert_eq!(count(), 2);
}
