//! JSON text: by its grammar with faults, seeds with changes, raw bytes.

use crate::choices::Choices;
use crate::text;

const SEEDS: &[&str] = &[
    r#"{"a":[1,-2.50,1e3,true,false,null],"b":{"c":"é\n😀 \"\\"},"d":""}"#,
    r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,1e-27,0.1,-0,9007199254740993]}"#,
    r#"{"€":"","\r":"","דּ":"","1":"","😀":"","\u0080":"","ö":""}"#,
    "[[[[[[[[[[[[[[]]]]]]]]]]]]]]",
    " \n\t\"x\" ",
];

pub(crate) fn text(choices: &mut Choices<'_>) -> String {
    match choices.below(4) {
        0 => text::raw(choices),
        1 => text::changed_seed(choices, SEEDS),
        2 => {
            let (open, close) = choices.pick(&[("[", "]"), ("{\"a\":", "}")]);
            let many = choices.below(300);
            format!("{}0{}", open.repeat(many), close.repeat(many))
        }
        _ => {
            let mut out = String::new();
            value(choices, &mut out, 6);
            out
        }
    }
}

fn value(choices: &mut Choices<'_>, out: &mut String, depth: usize) {
    match choices.below(5) {
        0 if depth > 0 => list(choices, out, depth, false),
        1 if depth > 0 => list(choices, out, depth, true),
        2 => string(choices, out),
        3 => number(choices, out),
        _ => out.push_str(choices.pick(&["null", "true", "false", "nul", "True"])),
    }
}

fn list(choices: &mut Choices<'_>, out: &mut String, depth: usize, is_object: bool) {
    out.push(if is_object { '{' } else { '[' });
    for at in 0..choices.below(6) {
        out.push_str(if at > 0 { "," } else { "" });
        if is_object {
            string(choices, out);
            out.push_str(choices.pick(&[":", ":", ":", " : ", ":", ":", ":", ""]));
        }
        value(choices, out, depth - 1);
    }
    out.push_str(choices.pick(&["", "", "", "", "", "", "", ","]));
    out.push(if is_object { '}' } else { ']' });
}

fn string(choices: &mut Choices<'_>, out: &mut String) {
    const PIECES: &[&str] = &[
        "a",
        "b",
        "é",
        "😀",
        "\\n",
        "\\u0000",
        "\\ud83d\\ude00",
        "\\/",
        "\u{2028}",
        "\u{7f}",
        "\u{feff}",
    ];
    out.push('"');
    for _ in 0..choices.below(5) {
        let odd = choices.once_in(30);
        out.push_str(if odd {
            choices.pick(&["\\ud800", "\\x", "\t", "\\u12"])
        } else {
            choices.pick(PIECES)
        });
    }
    out.push('"');
}

fn number(choices: &mut Choices<'_>, out: &mut String) {
    let odd = choices.once_in(20);
    out.push_str(if odd {
        choices.pick(&["01", "-", "1.", ".5", "1e", "+1", "NaN", "1e400"])
    } else {
        choices.pick(&[
            "0",
            "-0",
            "1",
            "-7.50",
            "1e21",
            "1E-7",
            "5e-324",
            "1.7976931348623157e308",
            "0.000001",
        ])
    });
    for _ in 0..choices.below(12) {
        out.push(char::from(b'0' + choices.byte() % 10));
    }
}
