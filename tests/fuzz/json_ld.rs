//! JSON-LD by its grammar: contexts of every shape, keywords in place and out of place, maps, lists,
//! graphs, deep nesting. Most of it is right, so that the rest is reached.

use std::fmt::Write as _;

use crate::choices::Choices;
use crate::text;

const SEEDS: &[&str] = &[
    r#"{"@context": {"@vocab": "urn:v:"}, "a": [1, 2.5, true, "x", {"b": {"@id": "urn:c"}}]}"#,
    r#"{"@context": {"ex": "urn:ex:", "of": {"@reverse": "ex:has"}, "meta": "@nest"},
        "@id": "_:a", "of": {"@id": "_:b"}, "meta": {"ex:note": {"@value": "x", "@language": "en"}}}"#,
    r#"{"@context": {"g": {"@id": "urn:g", "@container": ["@graph", "@id"]},
        "l": {"@id": "urn:l", "@container": "@list"}, "j": {"@id": "urn:j", "@type": "@json"}},
        "g": {"urn:x": {"l": [[1, []], null]}}, "j": {"b": [1e3, "é"], "a": null}}"#,
    r#"[{"@graph": [{"@type": "urn:T", "@included": [{"@id": "urn:i", "urn:p": 0}]}], "@id": "_:g"}]"#,
];

/// Terms that contexts define and documents use.
const TERMS: &[&str] = &["a", "b", "c", "T", "U", "ex", "ex:d", "id", "type", "urn:e", ""];
const IRIS: &[&str] =
    &["urn:v:a", "urn:v:b", "ex:c", "http://e.example/d#", "_:n", "a", "rel/ative", "@kw"];
const ODD_KEYS: &[&str] =
    &["@unheard", "@context", "@version", "@none", "a b", "\\u0000", "é", "__proto__"];

/// How deep documents nest on purpose; the reader's own limit is beyond it.
const DEEPEST: usize = 160;

pub(crate) fn text(choices: &mut Choices<'_>) -> String {
    match choices.below(8) {
        0 => text::raw(choices),
        1 => text::changed_seed(choices, SEEDS),
        2 => deep(choices),
        _ => document(choices),
    }
}

/// A document that is all nesting.
fn deep(choices: &mut Choices<'_>) -> String {
    const STEPS: &[(&str, &str)] = &[
        ("[", "]"),
        ("{\"urn:p\":", "}"),
        ("{\"@list\":", "}"),
        ("{\"@set\":", "}"),
        ("{\"@graph\":", "}"),
        ("{\"@included\":", "}"),
        ("{\"@reverse\":{\"urn:p\":", "}}"),
        ("{\"@context\":{\"n\":\"@nest\"},\"n\":", "}"),
        ("{\"@context\":{\"@vocab\":\"urn:\"},\"x\":", "}"),
    ];
    let many = choices.below(DEEPEST);
    let only = choices.pick(STEPS);
    let is_mixed = choices.once_in(2);
    let steps: Vec<_> =
        (0..many).map(|_| if is_mixed { choices.pick(STEPS) } else { only }).collect();
    let mut text: String = steps.iter().map(|(open, _)| *open).collect();
    text.push_str("{\"urn:p\":1}");
    text.extend(steps.iter().rev().map(|(_, close)| *close));
    text
}

fn document(choices: &mut Choices<'_>) -> String {
    let mut out = String::from("{\"@context\":");
    context(choices, &mut out, 3);
    out.push(',');
    members(choices, &mut out, 5);
    out.push('}');
    out
}

fn context(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    match choices.below(12) {
        0 => out.push_str(choices.pick(&[
            "null",
            "\"urn:unknown\"",
            "\"https://k.example/v1\"",
            "7",
            "[]",
        ])),
        1 if depth > 0 => {
            out.push('[');
            for at in 0..choices.below(4) {
                out.push_str(if at > 0 { "," } else { "" });
                context(choices, out, depth - 1);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            out.push_str(choices.pick(&[
                "\"@vocab\":\"urn:v:\"",
                "\"@vocab\":\"urn:v:\"",
                "\"ex\":\"http://e.example/\"",
                "\"@version\":1.1",
                "\"@protected\":true",
                "\"@language\":\"en\"",
                "\"@direction\":\"rtl\"",
                "\"@propagate\":false",
                "\"@import\":\"https://k.example/v1\"",
                "\"@base\":\"http://e.example/\"",
                "\"@vocab\":\"\"",
            ]));
            for _ in 0..choices.below(6) {
                let _ = write!(out, ",\"{}\":", choices.pick(TERMS));
                definition(choices, out, depth);
            }
            out.push('}');
        }
    }
}

fn definition(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    match choices.below(8) {
        0 => out.push_str(choices.pick(&[
            "null",
            "\"@id\"",
            "\"@type\"",
            "\"@nest\"",
            "\"@graph\"",
            "1",
            "\"@json\"",
        ])),
        1 | 2 => {
            let _ = write!(out, "\"{}\"", choices.pick(IRIS));
        }
        _ => {
            let key = if choices.once_in(8) { "@reverse" } else { "@id" };
            let _ = write!(out, "{{\"{key}\":\"{}\"", choices.pick(IRIS));
            for _ in 0..choices.below(4) {
                let (key, values): (&str, &[&str]) = choices.pick(&[
                    (
                        "@type",
                        &[
                            "\"@id\"",
                            "\"@vocab\"",
                            "\"@json\"",
                            "\"@none\"",
                            "\"urn:dt\"",
                            "\"_:t\"",
                        ][..],
                    ),
                    (
                        "@container",
                        &[
                            "\"@list\"",
                            "\"@set\"",
                            "\"@index\"",
                            "\"@language\"",
                            "\"@id\"",
                            "\"@type\"",
                            "\"@graph\"",
                            "[\"@graph\",\"@id\"]",
                            "[\"@graph\",\"@index\",\"@set\"]",
                            "[\"@list\",\"@set\"]",
                        ],
                    ),
                    ("@language", &["\"en\"", "null", "\"not a tag\""]),
                    ("@direction", &["\"ltr\"", "null"]),
                    ("@nest", &["\"@nest\"", "\"a\""]),
                    ("@index", &["\"urn:ix\"", "\"b\"", "\"@type\""]),
                    ("@protected", &["true", "false"]),
                    ("@prefix", &["true", "false"]),
                ]);
                let _ = write!(out, ",\"{key}\":{}", choices.pick(values));
            }
            if depth > 0 && choices.once_in(4) {
                out.push_str(",\"@context\":");
                context(choices, out, depth - 1);
            }
            out.push('}');
        }
    }
}

fn object(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    out.push('{');
    members(choices, out, depth);
    out.push('}');
}

fn members(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    for at in 0..=choices.below(5) {
        out.push_str(if at > 0 { "," } else { "" });
        if choices.once_in(40) {
            let _ = write!(out, "\"{}\":", choices.pick(ODD_KEYS));
            value(choices, out, depth);
        } else if choices.once_in(3) {
            keyword(choices, out, depth);
        } else {
            let _ = write!(out, "\"{}\":", choices.pick(TERMS));
            value(choices, out, depth);
        }
    }
}

fn keyword(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    let key = choices.pick(&[
        "@id",
        "@type",
        "@id",
        "@type",
        "@value",
        "@language",
        "@list",
        "@set",
        "@graph",
        "@included",
        "@reverse",
        "@nest",
        "@index",
        "@direction",
        "@context",
    ]);
    let _ = write!(out, "\"{key}\":");
    match key {
        _ if choices.once_in(30) => value(choices, out, depth),
        "@id" | "@type" | "@index" => {
            let _ = write!(
                out,
                "\"{}\"",
                choices.pick(&["urn:n:1", "urn:n:2", "_:n", "_:m", "T", "a"])
            );
        }
        "@language" => out.push_str(choices.pick(&["\"en\"", "\"de-AT\"", "null", "\"x y\""])),
        "@direction" => out.push_str(choices.pick(&["\"rtl\"", "null"])),
        "@value" => scalar(choices, out),
        "@context" => context(choices, out, 1),
        _ => value(choices, out, depth),
    }
}

fn value(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    match choices.below(6) {
        0 | 1 if depth > 0 => object(choices, out, depth - 1),
        2 if depth > 0 => {
            out.push('[');
            for at in 0..choices.below(4) {
                out.push_str(if at > 0 { "," } else { "" });
                value(choices, out, depth - 1);
            }
            out.push(']');
        }
        _ => scalar(choices, out),
    }
}

fn scalar(choices: &mut Choices<'_>, out: &mut String) {
    out.push_str(choices.pick(&[
        "\"x\"",
        "\"urn:n:1\"",
        "\"_:n\"",
        "\"a\"",
        "1",
        "true",
        "2.50",
        "-0",
        "1e21",
        "5e-9",
        "1e400",
        "123456789012345678901234567890",
        "\"\"",
        "\"\\u0001\\\"\\\\é😀\\uffff\"",
        "null",
        "false",
    ]));
}
