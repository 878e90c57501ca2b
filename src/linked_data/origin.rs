//! Which blank node stands for which part of a document.
//!
//! RDF forgets where it came from. Who shows a part of a document (selective disclosure, Data
//! Integrity ECDSA Cryptosuites 1.0 §3.4) must know which blank node of the part is which of the
//! whole, those included that no member of the document is: graphs around embedded proofs, and the
//! cells of lists.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::error::Error;
use super::quads::Term;
use super::rdfc10;
use super::{Contexts, Options, expand};
use crate::json::{Object, Value};

/// What a blank node stands for. Places are JSON pointers (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The node that the document calls by this blank node identifier (without `_:`).
    Name(String),
    /// The object at this place.
    Node(String),
    /// The graph that holds the object at this place (a `@graph` container, JSON-LD 1.1 §4.9).
    Graph(String),
    /// The cell of a list that holds the value at this place.
    Cell(String),
}

/// The canonical form of a document, and what its blank nodes stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// Canonical N-Quads: sorted lines, each ended by a line feed.
    pub nquads: String,
    /// Canonical labels (`c14n0`, …) by origin. A node that is named at several places has several
    /// origins.
    pub labels: HashMap<Origin, String>,
}

/// As [`super::canonicalize`], and says where the blank nodes come from.
///
/// # Errors
/// As there.
pub fn trace(
    document: &Value<'_>,
    contexts: &Contexts,
    options: &Options,
) -> Result<Traced, Error> {
    let (dataset, notes) = expand::expand_noting(document, contexts, options)?;
    let (nquads, canonical) = rdfc10::canonical_labels(&dataset, options)?;
    let label = |blank: u32| canonical.get(blank as usize).cloned().flatten();
    let mut labels = HashMap::new();
    for blank in 0..canonical.len() as u32 {
        if let (Some(name), Some(label)) = (dataset.name(blank), label(blank)) {
            labels.insert(Origin::Name(name.to_owned()), label);
        }
    }
    let mut places = HashMap::new();
    find_places(document, &mut String::new(), &mut places);
    for note in notes.0 {
        let (Some(place), Some(label)) = (places.get(&note.address), label(note.blank)) else {
            continue;
        };
        let origin = match note.role {
            Role::Node => Origin::Node,
            Role::Graph => Origin::Graph,
            Role::Cell => Origin::Cell,
        };
        labels.insert(origin(place.clone()), label);
    }
    Ok(Traced { nquads, labels })
}

/// What was noted while a document was expanded.
#[derive(Default)]
pub(super) struct Notes(Vec<Note>);

struct Note {
    role: Role,
    /// Where the object or value lies in memory: the document stays where it is while it is read,
    /// so that this tells its parts apart and costs nothing.
    address: usize,
    blank: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Node,
    Graph,
    Cell,
}

impl Notes {
    pub(super) fn add(&mut self, role: Role, address: usize, term: Option<Term>) {
        if let Some(blank) = term.and_then(Term::as_blank) {
            self.0.push(Note { role, address, blank });
        }
    }
}

/// Where an object or a value lies.
pub(super) fn address<T>(part: &T) -> usize {
    std::ptr::from_ref(part).addr()
}

fn find_places(value: &Value<'_>, place: &mut String, places: &mut HashMap<usize, String>) {
    places.insert(address(value), place.clone());
    let length = place.len();
    match value {
        Value::Object(object) => {
            places.insert(address::<Object<'_>>(object), place.clone());
            for (name, member) in object.iter() {
                push_step(place, name);
                find_places(member, place, places);
                place.truncate(length);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                // Writing to a `String` cannot fail.
                let _ = write!(place, "/{at}");
                find_places(item, place, places);
                place.truncate(length);
            }
        }
        _ => {}
    }
}

/// Appends a member's name to a JSON pointer.
fn push_step(place: &mut String, name: &str) {
    place.push('/');
    for found in name.chars() {
        match found {
            '~' => place.push_str("~0"),
            '/' => place.push_str("~1"),
            other => place.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn traced(text: &str) -> Traced {
        let document = json::parse(text).unwrap();
        trace(&document, &Contexts::default(), &Options::lenient()).unwrap()
    }

    #[test]
    fn every_blank_node_has_its_place() {
        let found = traced(
            r#"{"@context": {"@vocab": "urn:v:",
                "proof": {"@id": "urn:v:proof", "@container": "@graph"},
                "steps": {"@id": "urn:v:steps", "@container": "@list"},
                "part": "@nest", "by": {"@id": "urn:v:by", "@container": "@index"}},
              "a/b": {"x": 1}, "proof": [{"y": 2}, {"@id": "urn:p", "y": 3}],
              "steps": ["one", {"@set": ["two", "three"]}, ["four"]],
              "part": {"z": {"@id": "_:named", "w": 1}}, "by": {"k": {"v": 1}},
              "other": {"@id": "_:named"}}"#,
        );
        let mut origins: Vec<String> =
            found.labels.keys().map(|origin| format!("{origin:?}")).collect();
        origins.sort();
        assert_eq!(
            origins,
            [
                r#"Cell("/steps/0")"#,
                r#"Cell("/steps/1")"#,
                r#"Cell("/steps/1/@set/0")"#,
                r#"Cell("/steps/1/@set/1")"#,
                r#"Cell("/steps/2")"#,
                r#"Cell("/steps/2/0")"#,
                r#"Graph("/proof/0")"#,
                r#"Graph("/proof/1")"#,
                r#"Name("named")"#,
                r#"Node("")"#,
                r#"Node("/a~1b")"#,
                r#"Node("/by/k")"#,
                r#"Node("/other")"#,
                r#"Node("/part/z")"#,
                r#"Node("/proof/0")"#,
            ]
        );
        let of = |origin: Origin| found.labels.get(&origin).unwrap();
        assert_eq!(of(Origin::Node("/other".into())), of(Origin::Name("named".into())));
        let graph = of(Origin::Graph("/proof/1".into()));
        assert!(found.nquads.contains(&format!(
            "<urn:p> <urn:v:y> \"3\"^^<http://www.w3.org/2001/XMLSchema#integer> _:{graph} .\n"
        )));
    }

    #[test]
    fn the_canonical_form_is_that_of_canonicalize() {
        let text =
            r#"{"@context": {"@vocab": "urn:v:"}, "a": [{"b": {"@id": "_:b0"}}, {"b": {}}]}"#;
        let document = json::parse(text).unwrap();
        let (contexts, options) = (Contexts::default(), Options::lenient());
        assert_eq!(
            trace(&document, &contexts, &options).unwrap().nquads,
            super::super::canonicalize(&document, &contexts, &options).unwrap().nquads
        );
    }
}
