//! Text from bytes: as it is, or a seed with changes.

use crate::choices::Choices;

/// The bytes as text; what is not UTF-8 becomes the replacement character.
pub(crate) fn raw(choices: &mut Choices<'_>) -> String {
    String::from_utf8_lossy(choices.rest()).into_owned()
}

/// One of the seeds after some small changes, most of them to what gives texts their structure.
pub(crate) fn changed_seed(choices: &mut Choices<'_>, seeds: &[&str]) -> String {
    let seed = choices.pick(seeds).as_bytes().to_vec();
    String::from_utf8_lossy(&changed(choices, seed)).into_owned()
}

const STRUCTURE: &[u8] = b"\"\\{}[]<>():,.-_#%=@^/&;! \n\r\tu0z\x00\x7f\xc3\xff";

/// Sets, inserts, removes, doubles or cuts a few bytes.
pub(crate) fn changed(choices: &mut Choices<'_>, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..choices.below(5) {
        let at = choices.below(bytes.len() + 1);
        let to = (at + choices.below(32)).min(bytes.len());
        match choices.below(6) {
            0 if at < bytes.len() => bytes[at] = choices.pick(STRUCTURE),
            1 if at < bytes.len() => bytes[at] = choices.byte(),
            2 => bytes.insert(at, choices.pick(STRUCTURE)),
            3 => {
                let stretch = bytes[at..to].to_vec();
                bytes.splice(at..at, stretch);
            }
            4 => {
                let stretch: Vec<u8> = bytes.drain(at..to).collect();
                let place = choices.below(bytes.len() + 1);
                bytes.splice(place..place, stretch);
            }
            _ => {
                bytes.drain(at..to);
            }
        }
    }
    bytes
}
