//! The keys of `keys.example/`: everybody has them, so nothing may be signed with them.

use super::Fingerprint;

/// SHA-256 fingerprints of the keys in `keys.example/`; a test compares them with the files.
const EXAMPLES: [&str; 0] = [];

/// Whether the key with this fingerprint is one of the published throw-away keys of
/// `keys.example/`, which the service refuses to sign with.
pub fn is_example(fingerprint: &Fingerprint) -> bool {
    let fingerprint = fingerprint.to_string();
    EXAMPLES.contains(&fingerprint.as_str())
}
