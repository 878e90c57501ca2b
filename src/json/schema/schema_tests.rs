//! The keywords one by one. `tests/it/schemas.rs` holds this engine to another one.

use super::{Schema, SchemaProblem};
use crate::json;

fn schema(text: &str) -> Schema {
    Schema::compile(&json::parse(text).unwrap()).unwrap()
}

fn problems(schema: &Schema, text: &str) -> Vec<SchemaProblem> {
    schema.problems(&json::parse(text).unwrap(), 8)
}

#[track_caller]
fn judges(text: &str, accepted: &[&str], refused: &[&str]) {
    let schema = schema(text);
    for document in accepted {
        assert_eq!(problems(&schema, document), [], "{text}: {document}");
    }
    for document in refused {
        assert_ne!(problems(&schema, document), [], "{text}: {document}");
    }
}

#[test]
fn every_keyword_accepts_and_refuses() {
    judges("true", &["1"], &[]);
    judges("false", &[], &["1"]);
    judges(r#"{"type":"integer"}"#, &["1", "1.0", "-3e2"], &["1.5", "\"1\"", "null"]);
    judges(r#"{"type":["string","null"]}"#, &["\"\"", "null"], &["[]", "{}", "true"]);
    judges(r#"{"const":{"a":1,"b":[2]}}"#, &[r#"{"b":[2.0],"a":1e0}"#], &[r#"{"a":1}"#]);
    judges(r#"{"enum":["a",null]}"#, &["\"a\"", "null"], &["\"b\"", "[]"]);
    judges(r#"{"pattern":"^a+$"}"#, &["\"aa\"", "7"], &["\"ab\"", "\"a\\n\""]);
    judges(r#"{"minLength":1,"maxLength":2}"#, &["\"é\"", "\"😀😀\""], &["\"\"", "\"abc\""]);
    judges(r#"{"minItems":1,"maxItems":2}"#, &["[1]", "[1,2]", "{}"], &["[]", "[1,2,3]"]);
    judges(r#"{"minimum":1,"maximum":2.5}"#, &["1", "2.5"], &["0.9", "2.51"]);
    judges(r#"{"exclusiveMinimum":1,"exclusiveMaximum":2}"#, &["1.5"], &["1", "2"]);
    judges(r#"{"minProperties":1,"maxProperties":1}"#, &[r#"{"a":1}"#, "[]"], &["{}"]);
    judges(r#"{"uniqueItems":true}"#, &["[1,2]", "[]", "1"], &["[1,1.0]", r#"[{"a":1},{"a":1}]"#]);
    judges(r#"{"uniqueItems":false}"#, &["[1,1]"], &[]);
    judges(r#"{"required":["a"]}"#, &[r#"{"a":null}"#, "[]"], &["{}"]);
    judges(
        r#"{"properties":{"a/b":{"type":"null"}},"additionalProperties":false}"#,
        &[r#"{"a/b":null}"#],
        &[r#"{"a/b":1}"#, r#"{"c":1}"#],
    );
    judges(r#"{"additionalProperties":{"type":"null"}}"#, &[r#"{"x":null}"#], &[r#"{"x":1}"#]);
    judges(r#"{"prefixItems":[true],"items":{"const":2}}"#, &["[1,2,2]", "[]"], &["[1,3]"]);
    judges(r#"{"contains":{"const":2}}"#, &["[1,2]", "2"], &["[]", "[1]"]);
    judges(r#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, &["1"], &["0", "3"]);
    judges(r#"{"anyOf":[{"const":1},{"const":2}]}"#, &["1", "2"], &["3"]);
    judges(r#"{"oneOf":[{"minimum":1},{"maximum":2}]}"#, &["0", "3"], &["1", "2"]);
    judges(r#"{"not":{"type":"string"}}"#, &["1"], &["\"\""]);
    judges(
        r#"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#,
        &[r#"{"a":1,"b":1}"#, r#"{"c":1}"#],
        &[r#"{"a":1}"#, r#"{"b":1}"#],
    );
}

#[test]
fn a_schema_may_refer_to_itself() {
    let tree = r##"{"type":"object","properties":{"kids":{"items":{"$ref":"#"}},
        "name":{"$ref":"#/$defs/a~1b"}},"$defs":{"a/b":{"type":"string"}}}"##;
    judges(tree, &[r#"{"kids":[{"kids":[]}]}"#], &[r#"{"kids":[{"kids":[1]}]}"#, r#"{"name":1}"#]);
}

#[test]
fn problems_name_their_place_and_the_form_that_was_meant() {
    let schema = schema(
        r#"{"properties":{"a~":{"items":{"anyOf":[{"type":"string"},
            {"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}]}}}}"#,
    );
    let found = problems(&schema, r#"{"a~":["x",{"id":7},{},3]}"#);
    let told: Vec<(&str, &str)> =
        found.iter().map(|p| (p.pointer.as_str(), p.detail.as_str())).collect();
    assert_eq!(
        told,
        [
            ("/a~0/1/id", "must be of type string"),
            ("/a~0/2", "has no member \"id\""),
            ("/a~0/3", "fits none of the forms that are allowed"),
        ]
    );
    assert_eq!(schema.problems(&json::parse(r#"{"a~":[1,2,3]}"#).unwrap(), 2).len(), 2);
}

#[test]
fn what_is_not_known_does_not_compile() {
    for (text, pointer) in [
        (r#"{"properties":{"a":{"multipleOf":2}}}"#, "/properties/a/multipleOf"),
        (r#"{"uniqueItems":1}"#, "/uniqueItems"),
        (r#"{"type":"text"}"#, "/type"),
        (r#"{"pattern":"("}"#, "/pattern"),
        (r#"{"anyOf":[]}"#, "/anyOf"),
        (r##"{"$ref":"#/$defs/none"}"##, "/$defs/none"),
        (r#"{"$ref":"https://a.example/schema"}"#, "/$ref"),
        (r#"{"minItems":-1}"#, "/minItems"),
        ("7", ""),
    ] {
        let error = Schema::compile(&json::parse(text).unwrap()).unwrap_err();
        assert_eq!(error.pointer, pointer, "{text}");
    }
}

#[test]
fn entangled_choices_and_circles_end() {
    let wide = schema(
        r##"{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["b"]},
            {"properties":{"a":{"$ref":"#"}},"required":["b"]}]}"##,
    );
    let deep = format!("{}{}{}", "{\"a\":".repeat(100), "{}", "}".repeat(100));
    assert!(!wide.allows(&json::parse(&deep).unwrap()));
    let denied = schema(
        r##"{"not":{"anyOf":[{"properties":{"a":{"$ref":"#/not"}},"not":true},
            {"properties":{"a":{"$ref":"#/not"}},"not":true}]}}"##,
    );
    let said = problems(&denied, &deep);
    assert_eq!(said[0].detail, "too entangled to be judged", "whatever the rest would come to");
    let circle = schema(r##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}"##);
    assert!(!circle.allows(&json::parse("1").unwrap()));
    let itself = schema(r##"{"allOf":[{"$ref":"#"}]}"##);
    assert_eq!(problems(&itself, "1")[0].detail, "too entangled to be judged");
}

#[test]
fn a_hostile_schema_does_not_compile_without_end() {
    let long = |count: usize| {
        let defs: Vec<String> =
            (0..count).map(|n| format!(r##""d{n}":{{"$ref":"#/$defs/d{}"}}"##, n + 1)).collect();
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d{count}":true}}}}"##, defs.join(","))
    };
    assert!(schema(&long(50)).allows(&json::parse("1").unwrap()));
    for text in [
        long(10_000),
        format!(r#"{{"allOf":[{}true]}}"#, "true,".repeat(5_000)),
        format!(r#"{{"anyOf":[{}true]}}"#, r#"{"pattern":"a"},"#.repeat(100)),
        r#"{"pattern":"((a{500}){500}){500}"}"#.to_owned(),
    ] {
        assert!(
            Schema::compile(&json::parse(&text).unwrap()).is_err(),
            "{}",
            &text[..60.min(text.len())]
        );
    }
}
