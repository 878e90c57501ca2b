//! A row as it is judged, whatever it was written in.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::columns::Columns;
use super::field::{EVIDENCE, Field};

/// One row: who is awarded what, and what else its judgement needs.
#[derive(Clone, Debug)]
pub struct Row {
    /// What a mint body says of it, but for the badge class.
    pub body: Map<String, Value>,
    /// Everything else.
    pub facts: Facts,
    /// SHA-256 of all that makes it this row: every column but its id, addresses in normal form.
    pub content: [u8; 32],
    /// For a CSV row: its columns, and the number of each item of evidence that it has.
    pub(super) sheet: Option<(Arc<Columns>, Vec<usize>)>,
}

/// What a row says besides the mint body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Its name in its file, for rows that refer to it.
    pub row_id: Option<String>,
    /// What shall be done, as it stands there.
    pub action: Option<String>,
    /// The row that it is about.
    pub ref_row: Option<String>,
    /// The award that it is about.
    pub assertion: Option<String>,
    /// Names of the badge class; the first decides.
    pub class: Option<String>,
    /// Who issues, by id or slug.
    pub issuer: Option<String>,
    /// What tells persons apart.
    pub person: Option<String>,
    /// The date of submission.
    pub submitted_on: Option<String>,
    /// The date of assessment.
    pub assessed_on: Option<String>,
    /// Which attempt it is.
    pub attempt: Option<String>,
    /// Who coached.
    pub coach: Option<String>,
    /// Who assessed.
    pub assessor: Option<String>,
    /// Who approved.
    pub approver: Option<String>,
    /// Criteria and the levels reached.
    pub rubric: Vec<(String, String)>,
    /// Whether the criteria of the class are judged.
    pub judged: bool,
    /// What the results come to: `earned` or `not-yet`.
    pub overall: Option<String>,
    /// Whether `overall` must be stated.
    pub states_overall: bool,
    /// Clock hours.
    pub hours: Option<String>,
    /// The consent to each item of evidence; `None` where none is asked for.
    pub consents: Vec<Option<String>>,
    /// Why, for the platform.
    pub reason: Option<String>,
    /// Why, for everyone.
    pub public_reason: Option<String>,
    /// Whether dates are days: what is finer than a day does not count.
    pub days: bool,
    /// Whether the date of the award must be stated.
    pub dated: bool,
}

/// What a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new award.
    Issue,
    /// A successor of an award.
    Renew,
    /// A correction of an award.
    Reissue,
    /// An award is taken back.
    Revoke,
}

impl Action {
    /// Their words.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Issue, "issue"),
        (Self::Renew, "renew"),
        (Self::Reissue, "reissue"),
        (Self::Revoke, "revoke"),
    ];

    /// Reads one; nothing said is a new award.
    pub fn parse(word: Option<&str>) -> Option<Self> {
        let Some(word) = word else { return Some(Self::Issue) };
        let found = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(word.trim()));
        found.map(|(action, _)| *action)
    }
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The header of a column.
    Column(String),
    /// A JSON pointer into the row.
    Pointer(String),
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Where.
    pub place: Place,
    /// Stable, kebab-case.
    pub code: String,
    /// A sentence for a person.
    pub detail: String,
    /// What may help.
    pub suggestion: Option<String>,
}

impl Row {
    /// The place that a JSON pointer of the mint body, or of a fact, has in what was sent.
    pub fn place(&self, pointer: &str) -> Place {
        let header = self.sheet.as_ref().and_then(|(columns, items)| {
            let at = column(columns, items, pointer)?;
            columns.headers.get(at).cloned()
        });
        header.map_or_else(|| Place::Pointer(pointer.to_owned()), Place::Column)
    }

    /// A problem at a place of the body.
    pub fn problem(&self, pointer: &str, code: &str, detail: impl Into<String>) -> RowProblem {
        RowProblem {
            place: self.place(pointer),
            code: code.to_owned(),
            detail: detail.into(),
            suggestion: None,
        }
    }

    /// A text of the body.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        let mut value: Option<&Value> = None;
        for (at, name) in pointer.split('/').skip(1).enumerate() {
            value = if at == 0 { self.body.get(name) } else { value?.get(name) };
        }
        value?.as_str()
    }
}

impl RowProblem {
    /// The same with what may help.
    #[must_use]
    pub fn suggesting(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

/// The column behind a pointer.
fn column(columns: &Columns, items: &[usize], pointer: &str) -> Option<usize> {
    let mut steps = pointer.split('/').skip(1);
    let named = |name: &str| columns.at(Field::named(name));
    match (steps.next()?, steps.next(), steps.next()) {
        ("badgeClass", ..) => columns.classes.first().copied(),
        ("recipient", Some(member), _) => named(match member {
            "did" => "recipientDid",
            "url" => "recipientUrl",
            "telephone" => "recipientTelephone",
            "name" => "recipientName",
            "namePublic" => "namePublic",
            "hashed" => "hashed",
            "id" => "recipientId",
            _ => "recipientEmail",
        }),
        ("recipient", None, _) => named("recipientEmail"),
        ("source", Some("name"), _) => named("sourceName"),
        ("source", ..) => named("sourceUrl"),
        ("evidence", item, part) => {
            let item = item.and_then(|item| items.get(item.parse::<usize>().ok()?));
            let item = item.copied().unwrap_or(1);
            let at = |part: &str| {
                let part = EVIDENCE.iter().position(|known| *known == part)?;
                columns.at(Some(Field::Evidence(item, part)))
            };
            part.and_then(at).or_else(|| at("genre")).or_else(|| at("url"))
        }
        (name, ..) => named(name),
    }
}
