//! Documents made by chance from the terms of the published contexts: credentials of all versions,
//! plain and odd, deep and shallow. The same seed makes the same document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The document of this seed.
pub(crate) fn document(vocabulary: &Vocabulary, seed: u64) -> Value {
    Generator { random: Random(seed), vocabulary }.document()
}

/// The terms that the contexts define.
pub(crate) struct Vocabulary {
    /// By context URL: its own terms.
    top: BTreeMap<String, Vec<Term>>,
    /// By type or property: the terms of its scoped context.
    scoped: BTreeMap<String, Vec<Term>>,
}

#[derive(Clone)]
struct Term {
    name: String,
    coercion: Option<String>,
    container: Option<String>,
}

/// The lists of contexts that credentials begin with.
const LISTS: &[&[&str]] = &[
    &[V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    &[V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    &[
        V2,
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ],
    &[V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"],
    &[V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],
    &[V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
    &[V1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],
    &[V1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"],
    &[
        V1,
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://w3id.org/security/suites/ed25519-2020/v1",
    ],
    &[
        V2,
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    &[V2, "https://www.w3.org/ns/credentials/examples/v2"],
    &[V2, "https://w3id.org/security/data-integrity/v2"],
    &[V1, "https://w3id.org/security/data-integrity/v1"],
    &[V1, "https://w3id.org/vc/status-list/2021/v1"],
    &[V1, "https://www.w3.org/ns/credentials/status/v1"],
    &["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    &["https://w3id.org/openbadges/v2"],
    &["https://w3id.org/openbadges/v1"],
    &["https://w3id.org/security/v2"],
];
const V1: &str = "https://www.w3.org/2018/credentials/v1";
const V2: &str = "https://www.w3.org/ns/credentials/v2";

/// Contexts written into a document, for what the published ones do not use.
const INLINE: &[&str] = &[
    r#"{"ex":"https://example.org/v#","label":{"@id":"ex:label","@container":"@language"}}"#,
    r#"{"ex":"https://example.org/v#","steps":{"@id":"ex:steps","@container":"@list"}}"#,
    r#"{"ex":"https://example.org/v#","raw":{"@id":"ex:raw","@type":"@json"}}"#,
    r#"{"ex":"https://example.org/v#","byId":{"@id":"ex:byId","@container":"@id"}}"#,
    r#"{"ex":"https://example.org/v#","byIndex":{"@id":"ex:byIndex","@container":"@index"}}"#,
    r#"{"ex":"https://example.org/v#","byType":{"@id":"ex:byType","@container":"@type"}}"#,
    r#"{"ex":"https://example.org/v#","graph":{"@id":"ex:graph","@container":"@graph"}}"#,
    r#"{"ex":"https://example.org/v#","graphs":{"@id":"ex:graphs","@container":["@graph","@index"]}}"#,
    r#"{"ex":"https://example.org/v#","of":{"@reverse":"ex:has"}}"#,
    r#"{"ex":"https://example.org/v#","meta":"@nest","note":{"@id":"ex:note","@nest":"meta"}}"#,
    r#"{"ex":"https://example.org/v#","nothing":null}"#,
    r#"{"@vocab":"https://example.org/vocab#"}"#,
    r#"{"@language":"de"}"#,
    r#"{"ex":"https://example.org/v#","kind":{"@id":"ex:kind","@type":"@vocab"},"big":"ex:big"}"#,
    r#"{"ex":"https://example.org/v#","box":{"@id":"ex:box","@context":{"inner":"ex:inner"}}}"#,
    r#"{"Own":{"@id":"https://example.org/Own","@context":{"mine":"https://example.org/mine"}}}"#,
    r#"{"ex":{"@id":"https://example.org/v-","@prefix":true},"when":{"@id":"ex:when","@type":"ex:T"}}"#,
];
const INLINE_TERMS: &[(&str, Option<&str>, Option<&str>)] = &[
    ("label", None, Some("@language")),
    ("steps", None, Some("@list")),
    ("raw", Some("@json"), None),
    ("byId", None, Some("@id")),
    ("byIndex", None, Some("@index")),
    ("byType", None, Some("@type")),
    ("graph", None, Some("@graph")),
    ("graphs", None, Some("@index")),
    ("of", Some("@id"), None),
    ("meta", None, None),
    ("kind", Some("@vocab"), None),
    ("big", None, None),
    ("box", None, None),
    ("when", Some("ex:T"), None),
];

impl Vocabulary {
    pub(crate) fn read(shared: &std::path::Path) -> Self {
        let folder = shared.join("contexts");
        let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        let mut vocabulary = Self { top: BTreeMap::new(), scoped: BTreeMap::new() };
        for entry in manifest["contexts"].as_array().unwrap() {
            let file = folder.join(entry["file"].as_str().unwrap());
            let context: Value =
                serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let terms = vocabulary.terms(&context["@context"]);
            vocabulary.top.insert(entry["url"].as_str().unwrap().to_owned(), terms);
        }
        vocabulary
    }

    fn terms(&mut self, context: &Value) -> Vec<Term> {
        let mut terms = Vec::new();
        match context {
            Value::Array(items) => {
                for item in items {
                    terms.extend(self.terms(item));
                }
            }
            Value::Object(members) => {
                for (name, definition) in members {
                    if name.starts_with('@') {
                        continue;
                    }
                    if let Some(inner) = definition.get("@context") {
                        let inner = self.terms(inner);
                        self.scoped.entry(name.clone()).or_default().extend(inner);
                    }
                    let text =
                        |key: &str| definition.get(key).and_then(Value::as_str).map(str::to_owned);
                    terms.push(Term {
                        name: name.clone(),
                        coercion: text("@type"),
                        container: text("@container"),
                    });
                }
            }
            _ => {}
        }
        terms
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = self.below(items.len());
        &items[at]
    }
}

struct Generator<'v> {
    random: Random,
    vocabulary: &'v Vocabulary,
}

impl Generator<'_> {
    fn document(&mut self) -> Value {
        let list = *self.random.pick(LISTS);
        let mut terms: Vec<Term> = Vec::new();
        for url in list {
            terms.extend(self.vocabulary.top.get(*url).into_iter().flatten().cloned());
        }
        let mut context: Vec<Value> = list.iter().map(|url| json!(url)).collect();
        if self.random.once_in(5) {
            for _ in 0..=self.random.below(2) {
                let written: &str = self.random.pick::<&str>(INLINE);
                context.push(serde_json::from_str(written).unwrap());
            }
            for (name, coercion, container) in INLINE_TERMS {
                terms.push(Term {
                    name: (*name).to_owned(),
                    coercion: coercion.map(str::to_owned),
                    container: container.map(str::to_owned),
                });
            }
        }
        let depth = if self.random.once_in(40) { 24 } else { 2 + self.random.below(3) };
        let mut document = Map::new();
        document.insert("@context".to_owned(), Value::Array(context));
        let Value::Object(body) = self.object(&terms, depth, true) else { unreachable!() };
        document.extend(body);
        Value::Object(document)
    }

    fn object(&mut self, terms: &[Term], depth: usize, is_top: bool) -> Value {
        let mut object = Map::new();
        let mut known: Vec<Term> = Vec::new();
        if is_top || !self.random.once_in(4) {
            let types: Vec<&Term> =
                terms.iter().filter(|term| term.name.starts_with(char::is_uppercase)).collect();
            if !types.is_empty() {
                let mut chosen: Vec<Value> = Vec::new();
                for _ in 0..=self.random.below(2) {
                    let name = &self.random.pick(&types).name;
                    if chosen.iter().all(|other| other != name) {
                        known.extend(
                            self.vocabulary.scoped.get(name).into_iter().flatten().cloned(),
                        );
                        chosen.push(json!(name));
                    }
                }
                if self.random.once_in(60) {
                    chosen.push(json!("Unheard Of"));
                }
                let is_one = chosen.len() == 1 && self.random.once_in(2);
                object.insert(
                    "type".to_owned(),
                    if is_one { chosen.remove(0) } else { Value::Array(chosen) },
                );
            }
        }
        if is_top || !self.random.once_in(3) {
            object.insert("id".to_owned(), json!(self.id()));
        }
        known.extend(
            terms.iter().filter(|term| !term.name.starts_with(char::is_uppercase)).cloned(),
        );
        let count = if depth > 6 { 2 } else { 1 + self.random.below(5) };
        for _ in 0..count {
            if known.is_empty() {
                break;
            }
            // The terms of the types come first, and are the likelier ones.
            let near = known.len().min(12);
            let at = if self.random.once_in(3) {
                self.random.below(known.len())
            } else {
                self.random.below(near)
            };
            let term = known[at].clone();
            if matches!(term.name.as_str(), "id" | "type") {
                continue;
            }
            let value = self.value(terms, &term, depth);
            object.insert(term.name, value);
        }
        self.oddity(&mut object);
        Value::Object(object)
    }

    /// Now and then something that few documents have.
    fn oddity(&mut self, object: &mut Map<String, Value>) {
        if !self.random.once_in(14) {
            return;
        }
        let (name, value) = match self.random.below(18) {
            0 => ("unheardOf", json!("evil")),
            1 => ("https://example.org/absolute", json!(["a", {"@id": "urn:b"}])),
            2 => ("@included", json!([{"@id": "urn:i", "https://example.org/p": 1}])),
            3 => ("@reverse", json!({"https://example.org/of": {"@id": "urn:r"}})),
            4 => ("@graph", json!([{"@id": "urn:g", "https://example.org/p": true}])),
            5 => ("@unheard", json!("x")),
            6 => (
                "https://example.org/list",
                json!({"@list": [1, "b", {"@list": []}, {"@id": "urn:l"}]}),
            ),
            7 => ("https://example.org/set", json!({"@set": [1, 2.5, "b"]})),
            8 => (
                "https://example.org/text",
                json!({"@value": "x\"\\\n\u{7f}é", "@language": "en-GB"}),
            ),
            9 => (
                "https://example.org/typed",
                json!({"@value": 7, "@type": "https://example.org/T"}),
            ),
            10 => (
                "https://example.org/json",
                json!({"@value": {"b": [1.0, "x"], "a": null}, "@type": "@json"}),
            ),
            11 => ("https://example.org/tag", json!({"@value": "x", "@language": "not a tag"})),
            12 => ("https://example.org/direction", json!({"@value": "x", "@direction": "rtl"})),
            13 => ("https://example.org/nil", json!({"@value": null})),
            14 => ("_:blank", json!("x")),
            15 => ("https://example.org/empty", json!([[], {"@set": []}])),
            16 => ("@index", json!("i")),
            _ => ("https://example.org/node", json!({})),
        };
        object.insert(name.to_owned(), value);
    }

    fn id(&mut self) -> String {
        let number = self.random.below(9);
        match self.random.below(40) {
            0 => format!("relative/{number}"),
            1..=3 => format!("_:n{number}"),
            4 => "not an iri".to_owned(),
            5..=14 => format!("did:key:z6Mk{number}#z6Mk{number}"),
            15..=24 => format!("urn:uuid:0000000{number}-0000-4000-8000-000000000000"),
            _ => format!("https://example.org/é/{number}?a=b#c"),
        }
    }

    fn value(&mut self, terms: &[Term], term: &Term, depth: usize) -> Value {
        if self.random.once_in(120) {
            return Value::Null;
        }
        match term.container.as_deref() {
            Some("@language") if !self.random.once_in(4) => {
                return json!({"en": "hello", "de-AT": ["servus", "hallo"], "@none": "x"});
            }
            Some("@id") if depth > 0 && !self.random.once_in(4) => {
                return json!({"https://example.org/k": self.object(terms, depth - 1, false)});
            }
            Some("@type") if depth > 0 && !self.random.once_in(4) => {
                return json!({"https://example.org/K": self.object(terms, depth - 1, false)});
            }
            Some("@index") if depth > 0 && !self.random.once_in(4) => {
                return json!({"k": self.object(terms, depth - 1, false), "@none": []});
            }
            _ => {}
        }
        if self.random.once_in(5) {
            let count = self.random.below(4);
            return (0..count).map(|_| self.single(terms, term, depth)).collect();
        }
        self.single(terms, term, depth)
    }

    fn single(&mut self, terms: &[Term], term: &Term, depth: usize) -> Value {
        let scoped = self.vocabulary.scoped.get(&term.name);
        let is_reference = matches!(term.coercion.as_deref(), Some("@id" | "@vocab"));
        let wants_object = scoped.is_some() || is_reference || term.container.is_some();
        if depth > 0 && (wants_object && !self.random.once_in(3) || self.random.once_in(12)) {
            let mut inner: Vec<Term> = scoped.into_iter().flatten().cloned().collect();
            inner.extend(terms.iter().cloned());
            return self.object(&inner, depth - 1, false);
        }
        if is_reference && !self.random.once_in(30) {
            return json!(self.id());
        }
        self.scalar()
    }

    fn scalar(&mut self) -> Value {
        let number = self.random.below(1_000);
        match self.random.below(16) {
            0 => json!(number),
            1 => json!(number as f64 / 7.0),
            2 => json!(-(number as f64) / 8.0),
            3 => json!(number as f64 * 1e19),
            4 => json!(number as f64 * 1e-9),
            5 => json!(self.random.once_in(2)),
            6 => json!("2026-01-15T09:30:00Z"),
            7 => json!(""),
            8 => json!("tab\t quote\" back\\slash \u{1}\u{8}\u{7f} é 😀 \u{2028}"),
            9 => json!(9_007_199_254_740_993_u64),
            _ => json!(format!("text {number}")),
        }
    }
}
