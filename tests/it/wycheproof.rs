//! The Wycheproof vectors for the signatures that we check: edge cases and known attacks.

use accolade::proof::key::{KeyError, KeyType, PublicKey};
use wycheproof::TestResult;

use crate::require::say;

/// What became of the vectors of one algorithm.
#[derive(Default)]
struct Tally {
    agreed: usize,
    /// Vectors whose key we refuse by policy.
    refused: usize,
}

impl Tally {
    fn judge(
        &mut self,
        what: &str,
        key: &Result<PublicKey, KeyError>,
        (message, signature): (&[u8], &[u8]),
        expected: TestResult,
    ) {
        let Ok(key) = key else {
            self.refused += 1;
            return;
        };
        let valid = key.verifies(message, signature);
        match expected {
            TestResult::Valid => assert!(valid, "{what}: a good signature is refused"),
            TestResult::Invalid => assert!(!valid, "{what}: a bad signature is accepted"),
            TestResult::Acceptable => {}
        }
        self.agreed += 1;
    }
}

#[test]
fn ed25519_agrees_with_every_wycheproof_vector() {
    let mut tally = Tally::default();
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    for group in &set.test_groups {
        let key = PublicKey::from_spki_der(&group.der);
        assert_eq!(key, PublicKey::from_pem(&group.pem));
        for test in &group.tests {
            let what = format!("ed25519 {} {}", test.tc_id, test.comment);
            tally.judge(&what, &key, (&test.msg, &test.sig), test.result);
        }
    }
    assert!(tally.agreed > 100);
    assert_eq!(tally.refused, 0);
    say(format_args!("wycheproof: {} Ed25519 signatures judged alike", tally.agreed));
}

#[test]
fn ecdsa_agrees_with_every_wycheproof_vector() {
    use wycheproof::ecdsa::{TestName, TestSet};
    for (name, key_type) in [
        (TestName::EcdsaSecp256r1Sha256P1363, KeyType::P256),
        (TestName::EcdsaSecp384r1Sha384P1363, KeyType::P384),
    ] {
        let mut tally = Tally::default();
        for group in &TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_spki_der(&group.der);
            assert_eq!(key, PublicKey::from_pem(&group.pem));
            assert_eq!(key.as_ref().map(PublicKey::key_type), Ok(key_type));
            for test in &group.tests {
                let what = format!("{key_type} {} {}", test.tc_id, test.comment);
                tally.judge(&what, &key, (&test.msg, &test.sig), test.result);
            }
        }
        assert!(tally.agreed > 100);
        say(format_args!("wycheproof: {} {key_type} signatures judged alike", tally.agreed));
    }
}

#[test]
fn rsa_agrees_with_every_wycheproof_vector_of_the_sizes_that_we_take() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    for (name, taken) in [
        (TestName::Rsa2048Sha256, true),
        (TestName::Rsa3072Sha256, true),
        (TestName::Rsa4096Sha256, true),
        (TestName::Rsa8192Sha256, false),
    ] {
        let mut tally = Tally::default();
        for group in &TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_pem(&group.pem);
            if let Err(error) = &key {
                let policy = matches!(error, KeyError::RsaSize(_) | KeyError::RsaExponent);
                assert!(policy, "{name:?}: {error}");
            }
            for test in &group.tests {
                let what = format!("{name:?} {} {}", test.tc_id, test.comment);
                tally.judge(&what, &key, (&test.msg, &test.sig), test.result);
            }
        }
        assert_eq!(tally.agreed > 200, taken, "{name:?}: {}", tally.agreed);
        say(format_args!(
            "wycheproof: {} RSA signatures judged alike, {} under keys that are refused ({name:?})",
            tally.agreed, tally.refused
        ));
    }
}
