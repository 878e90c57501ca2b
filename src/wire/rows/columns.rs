//! What each column of a CSV file holds: its header, and the mapping where that says more.

use std::collections::BTreeMap;

use super::cells::cells;
use super::field::Field;
use super::mapping::Mapping;
use super::nearest::nearest;
use crate::domain::Problems;

/// Most columns of a file.
const COLUMNS_AT_MOST: usize = 300;
/// Most characters of a header.
const HEADER_LENGTH: usize = 200;

/// The columns of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What stands between cells.
    pub separator: u8,
    /// The headers, in the order of the file.
    pub headers: Vec<String>,
    /// What each holds; `None` for one that is not read.
    pub(super) fields: Vec<Option<Field>>,
    /// Columns that name the badge class, in the order in which they decide.
    pub(super) classes: Vec<usize>,
    pub(super) issuers: BTreeMap<String, String>,
    pub(super) results: (String, String),
    /// Whether the file was made by us from rows that failed, so that a quote before a formula is
    /// ours.
    pub(super) returned: bool,
}

/// A header as it is compared: without case, spaces and underscores.
pub(super) fn key(header: &str) -> String {
    let kept = header.chars().filter(|c| !c.is_whitespace() && *c != '_');
    kept.flat_map(char::to_lowercase).collect()
}

impl Columns {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// Every problem of it: pointers begin with `/mapping` or with `/header`.
    pub fn read(header: &[u8], separator: u8, mapping: &Mapping) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let headers = match cells(header, separator) {
            Ok(headers) => headers,
            Err(fault) => {
                problems.add(format!("/header/{}", fault.cell), "not-utf-8", fault.detail);
                return Err(problems);
            }
        };
        let headers: Vec<String> = headers.iter().map(|header| header.trim().to_owned()).collect();
        if headers.len() > COLUMNS_AT_MOST {
            let detail = format!("more than {COLUMNS_AT_MOST} columns");
            problems.add("/header", "too-many", detail);
            return Err(problems);
        }
        let keys: Vec<String> = headers.iter().map(|header| key(header)).collect();
        for (at, (header, key)) in headers.iter().zip(&keys).enumerate() {
            if header.chars().count() > HEADER_LENGTH {
                let detail = format!("longer than {HEADER_LENGTH} characters");
                problems.add(format!("/header/{at}"), "too-long", detail);
            } else if !key.is_empty() && keys.iter().take(at).any(|other| other == key) {
                let detail = format!("two columns are called {header:?}");
                problems.add(format!("/header/{at}"), "duplicate-column", detail);
            }
        }
        let mut columns = Self {
            separator,
            fields: vec![None; headers.len()],
            classes: Vec::new(),
            issuers: mapping.issuers.clone(),
            results: (mapping.separator.clone(), mapping.assign.clone()),
            returned: false,
            headers,
        };
        columns.map(mapping, &keys, &mut problems);
        columns.take_by_name(&keys);
        columns.classes_from(mapping, &keys, &mut problems);
        columns.needs(&mut problems);
        problems.or(columns)
    }

    /// Columns that are not read.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let read = self.headers.iter().zip(&self.fields).enumerate();
        read.filter(|(at, (_, field))| field.is_none() && !self.classes.contains(at))
            .map(|(_, (header, _))| header.as_str())
            .filter(|header| !header.is_empty())
    }

    /// Whether the file was made by us from rows that failed.
    pub fn is_returned(&self) -> bool {
        self.returned
    }

    /// The cells of a file that was made by us, without the quotes that keep spreadsheets from
    /// running them.
    pub fn as_meant(&self, cells: Vec<String>) -> Vec<String> {
        cells.into_iter().map(super::failures::unguarded).collect()
    }

    /// Whether a column holds this field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.at(Field::named(name)).is_some()
    }

    /// Whether rows can refer to each other.
    pub fn refers(&self) -> bool {
        self.has("refRow")
    }

    pub(super) fn at(&self, field: Option<Field>) -> Option<usize> {
        self.fields.iter().position(|held| held.is_some() && *held == field)
    }

    fn map(&mut self, mapping: &Mapping, keys: &[String], problems: &mut Problems) {
        let mut places: Vec<(String, String, Field)> = Vec::new();
        for (header, field) in &mapping.columns {
            places.push((format!("/mapping/columns/{header}"), header.clone(), *field));
        }
        for (item, parts) in mapping.evidence.iter().enumerate() {
            for (part, header) in parts {
                let place = format!("/mapping/evidence/{item}/{header}");
                places.push((place, header.clone(), Field::Evidence(item + 1, *part)));
            }
        }
        for (place, header, field) in places {
            let Some(at) = find(&header, keys, &self.headers, &place, problems) else { continue };
            let taken = field != Field::Ignored && self.at(Some(field)).is_some();
            match self.fields.get_mut(at) {
                Some(slot @ None) if !taken => *slot = Some(field),
                _ => {
                    let detail = format!("{:?} or {header:?} is mapped twice", field.name());
                    problems.add(place, "duplicate-column", detail);
                }
            }
        }
    }

    /// Takes headers that are names of fields for these, unless the mapping said otherwise.
    fn take_by_name(&mut self, keys: &[String]) {
        let own_evidence = self.fields.iter().flatten().any(|f| matches!(f, Field::Evidence(..)));
        for (at, key) in keys.iter().enumerate() {
            let Some(field) = Field::of(key) else { continue };
            let taken = field != Field::Ignored && self.at(Some(field)).is_some();
            let others = own_evidence && matches!(field, Field::Evidence(..));
            if let Some(slot @ None) = self.fields.get_mut(at)
                && !taken
                && !others
            {
                *slot = Some(field);
            }
        }
        self.returned = keys.iter().any(|one| *one == key(super::field::OUTCOME_HEADER));
    }

    fn classes_from(&mut self, mapping: &Mapping, keys: &[String], problems: &mut Problems) {
        let issuer = self.at(Field::named("issuer"));
        for (at, header) in mapping.classes.iter().enumerate() {
            let place = format!("/mapping/classes/from/{at}");
            let found = find(header, keys, &self.headers, &place, problems);
            // The issuer narrows the choice and names no badge class.
            self.classes.extend(found.filter(|found| Some(*found) != issuer));
        }
        if mapping.classes.is_empty() {
            let named = ["badgeClass", "badgeCode"].map(|name| self.at(Field::named(name)));
            self.classes.extend(named.into_iter().flatten());
        }
    }

    fn needs(&self, problems: &mut Problems) {
        if !problems.is_empty() {
            return;
        }
        let people =
            ["recipientEmail", "recipientDid", "recipientUrl", "recipientTelephone", "assertion"];
        if !people.iter().any(|name| self.has(name)) {
            let detail = "no column says who is awarded: recipientEmail, or another of recipientDid, recipientUrl, recipientTelephone; map one";
            problems.add("/header", "missing-column", detail);
        }
        if self.classes.is_empty() && !self.has("assertion") {
            let detail = "no column says what is awarded: badgeClass or badgeCode; map one, or name it in classes/from";
            problems.add("/header", "missing-column", detail);
        }
    }
}

fn find(
    header: &str,
    keys: &[String],
    headers: &[String],
    place: &str,
    problems: &mut Problems,
) -> Option<usize> {
    let wanted = key(header);
    let found = keys.iter().position(|key| *key == wanted);
    if found.is_none() {
        let detail = match nearest(header, headers.iter().map(String::as_str)) {
            Some(near) => format!("the file has no column {header:?}; did you mean {near:?}?"),
            None => format!("the file has no column {header:?}"),
        };
        problems.add(place, "unknown-column", detail);
    }
    found
}
