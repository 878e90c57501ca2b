//! N-Quads text: statements by a grammar with faults, seeds with changes, raw bytes.

use crate::choices::Choices;
use crate::text;

const SEEDS: &[&str] = &[
    "",
    "# only a comment",
    "<urn:s> <urn:p> <urn:o> .\n",
    "_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n_:a <urn:q> \"x\"@en-GB _:g .\r\n",
    "<urn:s> <urn:p> \"a\\tb\\u00e9\\U0001F600\\\\\\\"\"^^<urn:t> <urn:g> . # end\n",
    "_:x.y<urn:p>_:x.y<urn:g>.\n<urn:s> <urn:p> \"1\"^^<http://www.w3.org/2001/XMLSchema#string> .",
];

pub(crate) fn text(choices: &mut Choices<'_>) -> String {
    match choices.below(4) {
        0 => text::raw(choices),
        1 => text::changed_seed(choices, SEEDS),
        _ => statements(choices),
    }
}

fn statements(choices: &mut Choices<'_>) -> String {
    let mut text = String::new();
    while !choices.is_over() && text.len() < 1 << 16 {
        for part in 0..4 {
            match part {
                3 if !choices.once_in(4) => {}
                1 => iri(choices, &mut text),
                2 => object(choices, &mut text),
                _ => resource(choices, &mut text),
            }
            text.push_str(choices.pick(&[" ", " ", " ", "", "\t", "  "]));
        }
        text.push_str(choices.pick(&[".", ".", ".", ".", ".", ".", ".#x", ""]));
        text.push_str(choices.pick(&["\n", "\n", "\n", "\r\n", "\n\n"]));
    }
    text
}

fn resource(choices: &mut Choices<'_>, text: &mut String) {
    match choices.once_in(3) {
        true => iri(choices, text),
        false => {
            text.push_str("_:");
            text.push_str(choices.pick(&["a", "b", "c", "d", "e", "c14n0", "b0", "x.y", "é", "0"]));
        }
    }
}

fn iri(choices: &mut Choices<'_>, text: &mut String) {
    const ODD: &[&str] =
        &["", "s", "urn:a b", "urn:\\u00e9", "urn:\\u0020", "urn:é", "a:\\n", "_:a"];
    let odd = choices.once_in(40);
    let iri =
        choices.pick(if odd { ODD } else { &["urn:p", "urn:q", "urn:r", "http://e.example/#"] });
    text.push('<');
    text.push_str(iri);
    text.push('>');
}

fn object(choices: &mut Choices<'_>, text: &mut String) {
    if choices.below(3) < 2 {
        return resource(choices, text);
    }
    text.push('"');
    for _ in 0..choices.below(4) {
        const PIECES: &[&str] = &[
            "a",
            "é",
            "😀",
            "\\n",
            "\\\\",
            "\\\"",
            "\\u0001",
            "\\U0010FFFF",
            "\u{7f}",
            " ",
            "\\uFFFE",
        ];
        let odd = choices.once_in(60);
        text.push_str(if odd {
            choices.pick(&["\\", "\\x", "\\uD800", "\\U00110000"])
        } else {
            choices.pick(PIECES)
        });
    }
    text.push('"');
    match choices.below(4) {
        1 => text.push_str(choices.pick(&["@en", "@de-AT", "@EN-gb", "@x-1", "@1", "@en-"])),
        2 => {
            text.push_str("^^");
            iri(choices, text);
        }
        3 => text.push_str("^^<http://www.w3.org/2001/XMLSchema#string>"),
        _ => {}
    }
}
