//! What safe mode refuses, and where it points.

use super::*;

/// A context with a bit of everything.
const CONTEXT: &str = r#"{"@context": {
    "@version": 1.1, "id": "@id", "type": "@type",
    "ex": "https://example.org/v#", "name": "ex:name", "Thing": "ex:Thing",
    "knows": {"@id": "ex:knows", "@type": "@id"},
    "kind": {"@id": "ex:kind", "@type": "@vocab"},
    "parts": {"@id": "ex:parts", "@container": "@list"},
    "graph": {"@id": "ex:graph", "@container": "@graph"},
    "label": {"@id": "ex:label", "@container": "@language"},
    "raw": {"@id": "ex:raw", "@type": "@json"},
    "gone": null,
    "Box": {"@id": "ex:Box", "@context": {"inside": "ex:inside"}}
}}"#;

pub(super) fn contexts() -> Contexts {
    Contexts::default().with("https://example.org/context", CONTEXT).unwrap()
}

fn canonical(body: &str, options: &Options) -> Result<String, Error> {
    let text = format!("{{\"@context\":\"https://example.org/context\",{body}}}");
    let document = json::parse(&text).unwrap();
    Ok(canonicalize(&document, &contexts(), options)?.nquads)
}

fn refusal(body: &str) -> (Refusal, String) {
    match canonical(body, &Options::default()) {
        Err(Error::Unsafe { refusal, pointer, .. }) => (refusal, pointer),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn safe_mode_refuses_what_would_be_dropped_and_points_to_it() {
    for (body, expected, pointer) in [
        (r#""name":"a","evil":1"#, Refusal::UndefinedTerm, "/evil"),
        (
            r#""knows":[{"id":"urn:a"},{"name":"b","e/v~il":1}]"#,
            Refusal::UndefinedTerm,
            "/knows/1/e~1v~0il",
        ),
        (r#""type":"Box","knows":{"inside":"x"}"#, Refusal::UndefinedTerm, "/knows/inside"),
        (r#""name":"a","gone":1"#, Refusal::NullTerm, "/gone"),
        (r#""name":"a","@unheard":1"#, Refusal::KeywordLike, "/@unheard"),
        (r#""id":"@unheard","name":"a""#, Refusal::KeywordLike, "/id"),
        (r#""type":"@unheard","name":"a""#, Refusal::KeywordLike, "/type"),
        (r#""id":"relative","name":"a""#, Refusal::RelativeId, ""),
        (r#""id":"","name":"a""#, Refusal::RelativeId, ""),
        (r#""id":"https://example.org/a b","name":"a""#, Refusal::RelativeId, ""),
        (r#""knows":["urn:a","relative"]"#, Refusal::RelativeId, "/knows/1"),
        (r#""kind":"unheard""#, Refusal::RelativeId, "/kind"),
        (r#""type":["Thing","Unheard"],"name":"a""#, Refusal::RelativeType, "/type/1"),
        (r#""_:p":"a""#, Refusal::BlankPredicate, "/_:p"),
        (r#""https://example.org/a b":"a""#, Refusal::RelativeTerm, "/https:~1~1example.org~1a b"),
        (r#""name":{"@value":"a","@language":"no tag"}"#, Refusal::BadLanguage, "/name"),
        (r#""label":{"en":"a","not a tag":"b"}"#, Refusal::BadLanguage, "/label/not a tag"),
        (r#""name":{"@value":"a","@direction":"rtl"}"#, Refusal::Direction, "/name"),
        (
            r#""name":{"@value":1,"@type":"https://example.org/<"}"#,
            Refusal::BadDatatype,
            "/name/@type",
        ),
        (r#""name":null"#, Refusal::NullValue, "/name"),
        (r#""name":["a",null]"#, Refusal::NullValue, "/name/1"),
        (r#""name":{"@value":null}"#, Refusal::NullValue, "/name/@value"),
        (r#""name":"a","@language":"en""#, Refusal::Misplaced, "/@language"),
        (r#""name":"a","@value2":1"#, Refusal::UndefinedTerm, "/@value2"),
        (r#""name":{"@language":"en"}"#, Refusal::Misplaced, "/name"),
        (r#""id":"urn:a""#, Refusal::EmptyNode, ""),
        (r#""graph":{"id":"urn:a"}"#, Refusal::EmptyNode, "/graph"),
        (r#""graph":"text""#, Refusal::FreeFloating, "/graph"),
        (r#""@graph":["text"],"name":"a""#, Refusal::FreeFloating, "/@graph/0"),
        (r#""@graph":[{"@list":["text"]}],"name":"a""#, Refusal::FreeFloating, "/@graph/0/@list"),
    ] {
        assert_eq!(refusal(body), (expected, pointer.to_owned()), "{body}");
        canonical(body, &Options { safe: false, ..Options::default() })
            .unwrap_or_else(|error| panic!("lenient, {body}: {error}"));
    }
}

#[test]
fn safe_mode_leaves_good_documents_alone() {
    for body in [
        r#""id":"urn:a","type":"Thing","name":["a","b"],"knows":{"id":"urn:b"},"parts":[]"#,
        r#""type":"Box","inside":{"name":"x"},"parts":[1,2.5,true,["nested"]]"#,
        r#""raw":{"anything":[null,{"at":"all"}]},"label":{"en":"a","@none":"b"},"name":[]"#,
        r#""graph":[{"id":"_:x","name":"a"}],"https://example.org/p":{"@set":["a"]},"@index":"i""#,
    ] {
        let lenient = Options { safe: false, ..Options::default() };
        let safe = canonical(body, &Options::default());
        assert_eq!(safe, canonical(body, &lenient), "{body}");
        assert!(safe.is_ok_and(|nquads| !nquads.is_empty()), "{body}");
    }
}

#[test]
fn a_context_that_is_not_registered_is_named() {
    let document = json::parse(r#"{"@context":"https://example.org/other","a":1}"#).unwrap();
    let error = to_rdf(&document, &contexts(), &Options::default()).unwrap_err();
    assert_eq!(error, Error::UnknownContext("https://example.org/other".to_owned()));
    assert_eq!(error.json_ld_code(), Some("loading remote context failed"));
}

#[test]
fn contexts_in_the_document_are_accepted_only_where_asked() {
    let inline = r#"{"@context":["https://example.org/context",{"x":"urn:x"}],"x":1}"#;
    let inline = json::parse(inline).unwrap();
    let nested = r#""knows":{"@context":"https://example.org/context","name":"a"}"#;
    let strict = Options { nested_contexts: false, ..Options::default() };
    let open = Options { inline_contexts: true, ..Options::default() };
    let refused = |error: Error| match error {
        Error::Unsafe { refusal, pointer, .. } => (refusal, pointer),
        other => panic!("{other}"),
    };
    let error = to_rdf(&inline, &contexts(), &Options::default()).unwrap_err();
    assert_eq!(refused(error), (Refusal::InlineContext, "/@context/1".to_owned()));
    assert!(to_rdf(&inline, &contexts(), &open).is_ok());
    assert!(canonical(nested, &Options::default()).is_ok());
    let error = canonical(nested, &strict).unwrap_err();
    assert_eq!(refused(error), (Refusal::NestedContext, "/knows/@context".to_owned()));
}

#[test]
fn what_registered_contexts_lead_to_is_kept_and_nothing_else() {
    let contexts = contexts();
    let options = Options { inline_contexts: true, ..Options::default() };
    let read = |text: &str| to_rdf(&json::parse(text).unwrap(), &contexts, &options).unwrap();
    let known = r#"{"@context":"https://example.org/context","type":"Box","inside":"x"}"#;
    read(known);
    let kept = contexts.kept();
    assert!(kept > 0);
    read(known);
    assert_eq!(contexts.kept(), kept);
    let inline = r#"{"@context":["https://example.org/context",
        {"Own":{"@id":"urn:Own","@context":{"mine":"urn:mine"}}}],"type":"Own","mine":1}"#;
    for _ in 0..10 {
        assert_eq!(read(inline).len(), 2);
    }
    assert_eq!(contexts.kept(), kept);
}

#[test]
fn limits_are_named() {
    let reached = |body: &str, limits: Limits| match canonical(
        body,
        &Options { limits, ..Options::default() },
    ) {
        Err(Error::Limit { limit, .. }) => limit,
        other => panic!("{other:?}"),
    };
    let limits = Limits::default();
    let two = r#""name":["a","b"],"knows":{"name":"c"}"#;
    assert_eq!(reached(two, Limits { quads: 2, ..limits }), Limit::Quads);
    assert_eq!(reached(two, Limits { blank_nodes: 1, ..limits }), Limit::BlankNodes);
    assert_eq!(reached(two, Limits { text: 20, ..limits }), Limit::Text);
    assert_eq!(reached(two, Limits { depth: 1, ..limits }), Limit::Depth);
    assert_eq!(reached(two, Limits { context_work: 3, ..limits }), Limit::ContextWork);
    assert_eq!(reached(r#""name":1e999"#, limits), Limit::Number);
}

#[test]
fn hostile_contexts_in_a_document_stop_at_the_limit() {
    let terms: Vec<String> = (0..500).map(|n| format!("\"t{n}\":\"urn:{n}\"")).collect();
    let node = format!("{{\"@context\":{{{}}},\"t1\":1}}", terms.join(","));
    let nodes = vec![node; 800].join(",");
    let text = format!("[{nodes}]");
    let options = Options { inline_contexts: true, ..Options::default() };
    let error = to_rdf(&json::parse(&text).unwrap(), &contexts(), &options).unwrap_err();
    assert!(matches!(error, Error::Limit { limit: Limit::ContextWork, .. }), "{error}");
}

#[test]
fn the_streaming_hash_is_the_hash_of_the_text() {
    let body = r#""id":"urn:a","name":["é\n","b"],"knows":{"name":"c"}"#;
    let text = format!("{{\"@context\":\"https://example.org/context\",{body}}}");
    let document = json::parse(&text).unwrap();
    let options = Options::default();
    let nquads = canonicalize(&document, &contexts(), &options).unwrap().nquads;
    let expected: [u8; 32] = Sha256::digest(&nquads).into();
    assert_eq!(canonical_hash(&document, &contexts(), &options).unwrap(), expected);
    let expected: [u8; 48] = Sha384::digest(&nquads).into();
    assert_eq!(canonical_hash_384(&document, &contexts(), &options).unwrap(), expected);
}

#[test]
fn no_context_gives_a_keyword_another_meaning() {
    for keyword in ["@context", "@id", "@graph", "@value", "@list", "@set", "@index"] {
        for definition in ["\"urn:p\"", "null", "{\"@id\":\"urn:p\"}"] {
            let text = format!(r#"{{"@context":{{"{keyword}":{definition}}},"urn:q":1}}"#);
            let document = json::parse(&text).unwrap();
            let error = to_rdf(&document, &Contexts::default(), &Options::lenient()).unwrap_err();
            assert_eq!(error.json_ld_code(), Some("keyword redefinition"), "{text}");
        }
    }
}

#[test]
fn pointers_name_items_only_where_there_is_an_array() {
    for (body, expected) in [
        (r#""@included":{"id":"urn:a","evil":1}"#, "/@included/evil"),
        (r#""@included":[{"id":"urn:a","evil":1}]"#, "/@included/0/evil"),
        (r#""name":{"@list":{"evil":1}}"#, "/name/@list/evil"),
        (r#""name":{"@list":[{"evil":1}]}"#, "/name/@list/0/evil"),
        (r#""@nest":{"evil":1}"#, "/@nest/evil"),
        (r#""@nest":[{"evil":1}]"#, "/@nest/0/evil"),
    ] {
        assert_eq!(refusal(body), (Refusal::UndefinedTerm, expected.to_owned()), "{body}");
    }
}
