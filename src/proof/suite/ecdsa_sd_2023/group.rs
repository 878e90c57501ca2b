//! Which statements belong to which part of a document (§3.4.14).
//!
//! Each node without a name gets one, so that it is the same node in the whole document and in a
//! part of it. That the names changed nothing is made sure of: the canonical form must stay the same.

use std::collections::BTreeSet;

use super::labels::{LabelMap, hashed_label, relabel};
use super::pointers::Choice;
use crate::json::{Object, Value};
use crate::linked_data::{self, Canonical, Contexts, Options};
use crate::proof::suite::{Part, SuiteError};

/// A document as statements, with blank nodes named by keyed hashes.
pub(super) struct Statements<'a> {
    /// The lines, sorted.
    pub(super) lines: Vec<String>,
    named: Value<'a>,
    /// From the names that we gave to the hashes.
    hashes: LabelMap,
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
        document: &Value<'a>,
        hmac_key: &[u8; 32],
        contexts: &Contexts,
    ) -> Result<Self, SuiteError> {
        let mut named = document.clone();
        name_nodes(&mut named, &mut 0);
        let plain = canonicalize(document, contexts)?;
        let canonical = canonicalize(&named, contexts)?;
        if canonical.nquads != plain.nquads
            || !canonical.issued.keys().all(|name| name.starts_with(PREFIX))
        {
            return Err(SuiteError::NotSelective);
        }
        let to_hash = |label: &String| hashed_label(hmac_key, label);
        let by_canonical: LabelMap =
            canonical.issued.values().map(|label| (label.clone(), to_hash(label))).collect();
        let lines = relabel(&canonical.nquads, &by_canonical).ok_or(SuiteError::NotSelective)?;
        let hashes =
            canonical.issued.iter().map(|(name, label)| (name.clone(), to_hash(label))).collect();
        Ok(Self { lines, named, hashes })
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
        let part = Choice::of(&self.named, pointers)?.select(&self.named);
        let canonical = canonicalize(&part, contexts)?;
        let labels: LabelMap = canonical
            .issued
            .iter()
            .filter_map(|(name, label)| Some((label.clone(), self.hashes.get(name)?.clone())))
            .collect();
        let lines = relabel(&canonical.nquads, &labels).ok_or(SuiteError::NotSelective)?;
        let indexes = lines
            .iter()
            .map(|line| self.lines.binary_search(line).map_err(|_| SuiteError::NotSelective))
            .collect::<Result<_, _>>()?;
        Ok(Group { indexes, labels })
    }
}

pub(super) fn canonicalize(
    document: &Value<'_>,
    contexts: &Contexts,
) -> Result<Canonical, SuiteError> {
    linked_data::canonicalize(document, contexts, &Options::default())
        .map_err(|error| SuiteError::Canonical { part: Part::Document, error })
}

/// How the names begin that we give. A blank node that is named so already would be mixed up with
/// ours; the comparison of canonical forms notices.
const PREFIX: &str = "accolade";

fn name_nodes(value: &mut Value<'_>, count: &mut usize) {
    match value {
        Value::Object(object) => {
            for (name, member) in object.iter_mut() {
                if name != "@context" {
                    name_nodes(member, count);
                }
            }
            if !has_name(object) {
                object.insert("@id", Value::String(format!("_:{PREFIX}{count}").into()));
                *count += 1;
            }
        }
        Value::Array(items) => {
            for item in items {
                name_nodes(item, count);
            }
        }
        _ => {}
    }
}

/// Values, lists and sets are no nodes.
fn has_name(object: &Object<'_>) -> bool {
    ["id", "@id", "@value", "@list", "@set"].into_iter().any(|name| object.contains_key(name))
}
