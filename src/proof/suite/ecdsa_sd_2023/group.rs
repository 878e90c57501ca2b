//! Which statements belong to which part of a document (§3.4.14).
//!
//! The specification gives each blank node a name of its own before it takes a part, so that it is
//! the same node in the whole and in the part. Here each is known by where in the document it comes
//! from, which changes nothing in the document and holds for graphs and lists too.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::labels::{LabelMap, hashed_label, relabel};
use super::pointers::{Choice, Places};
use crate::json::Value;
use crate::linked_data::{self, Contexts, Options, Origin, Traced};
use crate::proof::suite::{Part, SuiteError};

/// A document as statements, with blank nodes named by keyed hashes.
pub(super) struct Statements<'a> {
    /// The lines, sorted.
    pub(super) lines: Vec<String>,
    document: &'a Value<'a>,
    hashes: HashMap<Origin, String>,
}

/// The statements of a part of the document.
pub(super) struct Group {
    /// Their places among all.
    pub(super) indexes: BTreeSet<usize>,
    /// From the canonical label that a blank node has in the part alone to its hash.
    pub(super) labels: LabelMap,
}

impl<'a> Statements<'a> {
    pub(super) fn of(
        document: &'a Value<'a>,
        hmac_key: &[u8; 32],
        contexts: &Contexts,
    ) -> Result<Self, SuiteError> {
        let Traced { nquads, labels } = trace(document, contexts)?;
        let hash = |label: &String| hashed_label(hmac_key, label);
        let by_canonical: LabelMap =
            labels.values().map(|label| (label.clone(), hash(label))).collect();
        let lines = relabel(&nquads, &by_canonical).ok_or(SuiteError::NotSelective)?;
        let hashes = labels.into_iter().map(|(origin, label)| (origin, hash(&label))).collect();
        Ok(Self { lines, document, hashes })
    }

    /// The statements of the parts that the pointers name.
    pub(super) fn group(
        &self,
        pointers: &[String],
        contexts: &Contexts,
    ) -> Result<Group, SuiteError> {
        if pointers.is_empty() {
            return Ok(Group { indexes: BTreeSet::new(), labels: LabelMap::new() });
        }
        let selection = Choice::of(self.document, pointers)?.select(self.document);
        let Traced { nquads, labels } = trace(&selection.part, contexts)?;
        let labels: LabelMap = labels
            .into_iter()
            .filter_map(|(origin, label)| {
                let hash = self.hashes.get(&in_whole(origin, &selection.places)?)?;
                Some((label, hash.clone()))
            })
            .collect();
        // A node that is told by a name of its own falls apart where the name is left out.
        if labels.values().collect::<HashSet<_>>().len() != labels.len() {
            return Err(SuiteError::NotSelective);
        }
        let lines = relabel(&nquads, &labels).ok_or(SuiteError::NotSelective)?;
        let indexes = lines
            .iter()
            .map(|line| self.lines.binary_search(line).map_err(|_| SuiteError::NotSelective))
            .collect::<Result<_, _>>()?;
        Ok(Group { indexes, labels })
    }
}

/// Where in the whole document a blank node of a part comes from.
fn in_whole(origin: Origin, places: &Places) -> Option<Origin> {
    let whole = |place: &str| places.get(place).cloned();
    Some(match origin {
        Origin::Name(name) => Origin::Name(name),
        Origin::Node(place) => Origin::Node(whole(&place)?),
        Origin::Graph(place) => Origin::Graph(whole(&place)?),
        Origin::Cell(place) => Origin::Cell(whole(&place)?),
    })
}

fn trace(document: &Value<'_>, contexts: &Contexts) -> Result<Traced, SuiteError> {
    linked_data::trace(document, contexts, &Options::default())
        .map_err(|error| SuiteError::Canonical { part: Part::Document, error })
}
