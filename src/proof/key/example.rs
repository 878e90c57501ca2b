//! The keys of `keys.example/`: everybody has them, so nothing may be signed with them.

use super::Fingerprint;

/// SHA-256 fingerprints of the keys in `keys.example/`, in the order of the files' numbers; a test
/// compares them with the files.
const EXAMPLES: [&str; 7] = [
    "4ffefa76aa1c9369d2b1083ccc8bb9fab2cf7b9af472774a96d7faaf77557bc4",
    "25373e0dcff4923b1a481dc1a27507563884b001cfebfec6e96b564a82894896",
    "73ce0d2c7bf0dcd5f313a66644e6ff0019f9d928eb8ab835bd3453b5c0b1c2fa",
    "cd5a2bdbd4128f24718e15f9c64e42fb78a7b5f5a61d5eff90613fa2a0ee1470",
    "ee31d85639b09af0500ed5649a537270534233fe6447bf407c74981fd9c69c8b",
    "002a2f446a5be1d3739addb7550f5056e1baeafd416fe0668354a45702b52065",
    "3226293cc0b3e322a596011a7da3953a56001a11c3d38f14a4a1a5c5ba193cc2",
];

/// Whether the key with this fingerprint is one of the published throw-away keys of
/// `keys.example/`, which the service refuses to sign with.
pub fn is_example(fingerprint: &Fingerprint) -> bool {
    let fingerprint = fingerprint.to_string();
    EXAMPLES.contains(&fingerprint.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::key::{FileFormat, KeyType, Passphrase, read_key_file};

    #[test]
    fn every_key_of_keys_example_is_read_and_known_as_such() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("keys.example");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name == "README.md" {
                continue;
            }
            let plain = name.strip_suffix(".age");
            if plain.is_some() && !cfg!(feature = "encrypted-keys") {
                continue;
            }
            let (stem, extension) = plain.unwrap_or(&name).split_once('.').unwrap();
            let (number, kind) = stem.split_once('-').unwrap();
            let format = FileFormat::from_extension(extension).unwrap();
            let passphrase = Passphrase::new("example");
            let bytes = std::fs::read(&path).unwrap();
            let key = read_key_file(&bytes, format, plain.is_some(), Some(&passphrase)).unwrap();
            assert_eq!(key.key_type(), KeyType::from_name(kind).unwrap(), "{name}");
            let fingerprint = key.public().fingerprint();
            assert!(is_example(&fingerprint), "{name}: add {fingerprint} to EXAMPLES");
            let number: usize = number.parse().unwrap();
            assert_eq!(EXAMPLES[number - 1], fingerprint.to_string(), "{name}");
            found.push(number);
        }
        let expected = if cfg!(feature = "encrypted-keys") { EXAMPLES.len() } else { 6 };
        assert_eq!(found.len(), expected);
        assert!(!is_example(&Fingerprint([0; 32])));
    }
}
