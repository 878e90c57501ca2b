//! Parts change how long reading takes, and nothing else.

use super::tests::contexts;
use super::*;

/// A model and its parts, and what documents like it become with and without them.
fn with_parts(model: &str, ways: &[&[&str]], bodies: &[&str]) -> usize {
    let contexts = contexts();
    let options = Options::default();
    let read = |body: &str| format!("{{\"@context\":\"https://example.org/context\",{body}}}");
    let model = read(model);
    let parts = Parts::of(&json::parse(&model).unwrap(), ways, &contexts, &options).unwrap();
    for body in bodies {
        let text = read(body);
        let document = json::parse(&text).unwrap();
        let plain = canonicalize(&document, &contexts, &options).unwrap();
        let taken = Document::from(&document).with(&parts);
        let other = canonicalize(taken, &contexts, &options).unwrap();
        assert_eq!(other.nquads, plain.nquads, "{body}");
        assert_eq!(
            canonical_hash(taken, &contexts, &options),
            canonical_hash(&document, &contexts, &options)
        );
    }
    parts.len()
}

#[test]
fn parts_never_change_what_comes_out() {
    let part = r#"{"id":"urn:p","type":"Box","inside":["b","a"],"knows":[{"name":"x"},{"name":"y"},
        {"name":"x","parts":[1,{"name":"z"}]}],"raw":{"any":[1]}}"#;
    let blank = r#"{"type":"Thing","name":"n","knows":{"name":"deep"}}"#;
    let other = r#"{"id":"urn:p","type":"Thing","name":"another"}"#;
    let bodies = [
        format!(r#""id":"urn:1","name":"one","knows":{part},"kind":"Thing""#),
        format!(r#""id":"urn:2","knows":{part}"#),
        format!(r#""knows":{part},"name":["x","y"]"#),
        format!(r#""id":"urn:4","knows":{other}"#),
        format!(r#""id":"urn:5","type":"Box","knows":{part}"#),
        format!(r#""id":"urn:6","knows":[{part},{other}]"#),
        format!(r#""id":"urn:7","knows":{blank}"#),
        format!(r#""id":"urn:8","knows":{{"name":"between","knows":{part}}}"#),
        format!(r#""id":"urn:9","graph":{{"id":"urn:g","knows":{part}}}"#),
        r#""id":"urn:10","knows":"urn:p""#.to_owned(),
        r#""id":"urn:11","name":"without""#.to_owned(),
    ];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    for model in &bodies {
        for ways in [&[&["knows"][..]][..], &[&["knows", "knows"][..], &["knows"][..]][..]] {
            with_parts(model, ways, &bodies);
        }
    }
    assert_eq!(with_parts(bodies[0], &[&["knows"]], &bodies), 1);
    assert_eq!(with_parts(bodies[7], &[&["knows", "knows"]], &bodies), 1);
}

#[test]
fn what_cannot_stand_alone_is_no_part() {
    let named = r#""id":"urn:1","knows":{"id":"_:p","name":"a"},"raw":1"#;
    let indexed = r#""id":"urn:1","knows":{"id":"urn:p","name":"a","@index":"i"}"#;
    for body in [named, indexed] {
        assert_eq!(with_parts(body, &[&["knows"]], &[body]), 0, "{body}");
    }
    let twice = r#""id":"_:p","name":"top","knows":{"id":"_:p","name":"a"}"#;
    assert_eq!(with_parts(named, &[&["knows"], &["raw"]], &[named, twice]), 1);
}

#[test]
fn parts_count_toward_the_limits() {
    let contexts = contexts();
    let body = r#"{"@context":"https://example.org/context","id":"urn:1",
        "knows":{"id":"urn:p","name":["a","b","c"],"knows":[{"name":"d"},{"name":"e"}]}}"#;
    let document = json::parse(body).unwrap();
    let options = Options::default();
    let parts = Parts::of(&document, &[&["knows"]], &contexts, &options).unwrap();
    assert_eq!(parts.len(), 1);
    for limits in [
        Limits { quads: 3, ..options.limits },
        Limits { blank_nodes: 1, ..options.limits },
        Limits { text: 60, ..options.limits },
    ] {
        let options = Options { limits, ..Options::default() };
        let taken = Document::from(&document).with(&parts);
        let (with, without) =
            (to_rdf(taken, &contexts, &options), to_rdf(&document, &contexts, &options));
        assert_eq!(with.unwrap_err(), without.unwrap_err());
    }
}
