//! Names of blank nodes: keyed hashes in place of canonical labels (§3.4.1, §3.4.2).

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::proof::encoding::base64url;

/// From one name of a blank node to another, both without `_:`.
pub(super) type LabelMap = HashMap<String, String>;

/// The name under which a canonical label is known in this proof: `u` and the base64url of its HMAC.
pub(super) fn hashed_label(key: &[u8; 32], canonical: &str) -> String {
    format!("u{}", base64url(&hmac(key, canonical.as_bytes())))
}

/// HMAC-SHA-256 (RFC 2104) with a key shorter than a block.
fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to ^= from;
        }
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// The lines of N-Quads with their blank nodes renamed, sorted. `None` if a name is not in the map.
pub(super) fn relabel(nquads: &str, labels: &LabelMap) -> Option<Vec<String>> {
    let mut lines: Vec<String> = nquads
        .split_inclusive('\n')
        .map(|line| relabel_line(line, labels))
        .collect::<Option<_>>()?;
    lines.sort_unstable();
    Some(lines)
}

/// Only labels are touched, never what looks like one inside an IRI or a literal.
fn relabel_line(line: &str, labels: &LabelMap) -> Option<String> {
    let mut out = String::with_capacity(line.len() + 64);
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '<' => rest.find('>')? + 1,
            '"' => literal_end(rest)?,
            '_' => {
                let label = rest.strip_prefix("_:")?;
                let end = label.find(' ')?;
                let (label, tail) = label.split_at_checked(end)?;
                out.push_str("_:");
                out.push_str(labels.get(label)?);
                rest = tail;
                continue;
            }
            other => other.len_utf8(),
        };
        let (token, tail) = rest.split_at_checked(end)?;
        out.push_str(token);
        rest = tail;
    }
    Some(out)
}

/// Where the quoted text that `rest` begins with ends.
fn literal_end(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::encoding::hex;

    #[test]
    fn hmac_is_that_of_the_rfc() {
        // RFC 4231 §4.2, its key filled up with zeros as HMAC does
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&hmac(&key, b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn only_labels_are_renamed() {
        let labels = LabelMap::from([("c14n0".into(), "uB".into()), ("c14n1".into(), "uA".into())]);
        let nquads = concat!(
            "_:c14n0 <https://e.example/_:c14n1> \"_:c14n1 \\\" _:c14n0\" .\n",
            "_:c14n1 <https://e.example/p> _:c14n0 _:c14n1 .\n",
        );
        assert_eq!(
            relabel(nquads, &labels).unwrap(),
            [
                "_:uA <https://e.example/p> _:uB _:uA .\n",
                "_:uB <https://e.example/_:c14n1> \"_:c14n1 \\\" _:c14n0\" .\n",
            ]
        );
        assert_eq!(relabel("_:c14n7 <p:q> <r:s> .\n", &labels), None);
    }
}
