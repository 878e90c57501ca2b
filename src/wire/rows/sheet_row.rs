//! Reads one row of a CSV file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Number, Value, json};

use super::cells::cells;
use super::columns::{Columns, key};
use super::digest::of_pairs;
use super::failures::unguarded;
use super::field::{EVIDENCE, Field};
use super::row::{Facts, Place, Row, RowProblem};

/// Reads a row. What its cells say is judged later; here they only get their places.
///
/// # Errors
/// Why its cells have no places: bytes that are no text, or another number of cells than columns.
pub fn sheet_row(columns: &Arc<Columns>, bytes: &[u8]) -> Result<Row, RowProblem> {
    let mut cells = cells(bytes, columns.separator).map_err(|fault| RowProblem {
        place: columns
            .headers
            .get(fault.cell)
            .map_or_else(|| Place::Pointer(String::new()), |h| Place::Column(h.clone())),
        code: "not-utf-8".to_owned(),
        detail: fault.detail.to_owned(),
        suggestion: None,
    })?;
    while cells.len() > columns.headers.len() && cells.last().is_some_and(|c| c.trim().is_empty()) {
        cells.pop();
    }
    if cells.len() != columns.headers.len() {
        return Err(RowProblem {
            place: Place::Pointer(String::new()),
            code: "ragged".to_owned(),
            detail: format!(
                "{} cells where the header has {} columns",
                cells.len(),
                columns.headers.len()
            ),
            suggestion: Some(
                "put a cell that holds a separator, a quote or a line end in quotes".to_owned(),
            ),
        });
    }
    if columns.returned {
        cells = cells.into_iter().map(unguarded).collect();
    }
    for cell in &mut cells {
        let trimmed = cell.trim();
        if trimmed.len() != cell.len() {
            *cell = trimmed.to_owned();
        }
    }
    let sheet = Sheet { columns, cells };
    let (evidence, consents, items) = sheet.evidence();
    let rubric = sheet.rubric();
    let body = sheet.body(evidence, &rubric);
    let facts = sheet.facts(rubric, consents);
    Ok(Row { body, facts, content: sheet.content(), sheet: Some((Arc::clone(columns), items)) })
}

struct Sheet<'a> {
    columns: &'a Columns,
    cells: Vec<String>,
}

/// Items of evidence, the consent to each, and their numbers.
type Items = (Vec<Value>, Vec<Option<String>>, Vec<usize>);

impl Sheet<'_> {
    /// The cell of a field, if there is something in it.
    fn get(&self, name: &str) -> Option<&str> {
        let at = self.columns.at(Field::named(name))?;
        self.cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    fn body(&self, evidence: Vec<Value>, rubric: &[(String, String)]) -> Map<String, Value> {
        let mut body = Map::new();
        let mut recipient = Map::new();
        for (member, field) in [
            ("email", "recipientEmail"),
            ("did", "recipientDid"),
            ("url", "recipientUrl"),
            ("telephone", "recipientTelephone"),
            ("name", "recipientName"),
        ] {
            put(&mut recipient, member, self.get(field).map(Value::from));
        }
        for flag in ["namePublic", "hashed"] {
            put(&mut recipient, flag, self.get(flag).map(truth));
        }
        body.insert("recipient".to_owned(), Value::Object(recipient));
        for field in [
            "externalId",
            "issuedOn",
            "expires",
            "activityStart",
            "activityEnd",
            "narrative",
            "role",
            "term",
            "licenseNumber",
        ] {
            put(&mut body, field, self.get(field).map(Value::from));
        }
        let visibility = self.get("visibility").map(|word| word.to_lowercase().into());
        put(&mut body, "visibility", visibility);
        put(&mut body, "creditsEarned", self.get("creditsEarned").map(number));
        let mut source = Map::new();
        put(&mut source, "url", self.get("sourceUrl").map(Value::from));
        put(&mut source, "name", self.get("sourceName").map(Value::from));
        put(&mut body, "source", (!source.is_empty()).then_some(Value::Object(source)));
        put(&mut body, "evidence", (!evidence.is_empty()).then_some(Value::Array(evidence)));
        let results: Vec<Value> = rubric
            .iter()
            .map(|(criterion, level)| {
                json!({ "resultDescription": criterion, "achievedLevel": level })
            })
            .collect();
        put(&mut body, "results", (!results.is_empty()).then_some(Value::Array(results)));
        body
    }

    fn facts(&self, rubric: Vec<(String, String)>, consents: Vec<Option<String>>) -> Facts {
        let issuer = self.get("issuer");
        let issuer = issuer
            .map(|cell| self.columns.issuers.get(cell).map_or(cell, String::as_str).to_owned());
        let class =
            self.columns.classes.iter().find_map(|at| {
                self.cells.get(*at).map(String::as_str).filter(|cell| !cell.is_empty())
            });
        Facts {
            row_id: self.owned("rowId"),
            action: self.owned("action"),
            ref_row: self.owned("refRow"),
            assertion: self.owned("assertion"),
            class: class.map(str::to_owned),
            issuer,
            person: self.owned("recipientId"),
            submitted_on: self.owned("submittedOn"),
            assessed_on: self.owned("assessedOn"),
            attempt: self.owned("attempt"),
            coach: self.owned("coach"),
            assessor: self.owned("assessor"),
            approver: self.owned("approver"),
            rubric,
            judged: self.columns.has("results") || self.columns.has("overall"),
            overall: self.owned("overall"),
            states_overall: self.columns.has("overall"),
            hours: self.owned("contactHours"),
            consents,
            reason: self.owned("reason"),
            public_reason: self.owned("publicReason"),
            days: true,
            dated: self.columns.has("issuedOn"),
        }
    }

    /// Criteria and levels, as the cell of results says them.
    fn rubric(&self) -> Vec<(String, String)> {
        let (separator, assign) = &self.columns.results;
        let parts = self.get("results").into_iter().flat_map(|cell| cell.split(separator.as_str()));
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (criterion, level) = part.split_once(assign.as_str()).unwrap_or((part, ""));
                (criterion.trim().to_owned(), level.trim().to_owned())
            })
            .collect()
    }

    fn evidence(&self) -> Items {
        let mut items: BTreeMap<usize, Map<String, Value>> = BTreeMap::new();
        let mut asked: BTreeMap<usize, String> = BTreeMap::new();
        for (field, cell) in self.columns.fields.iter().zip(&self.cells) {
            let Some(Field::Evidence(item, part)) = field else { continue };
            match EVIDENCE.get(*part).copied() {
                Some("consent") => {
                    asked.insert(*item, cell.clone());
                }
                Some(part) if !cell.is_empty() => {
                    items.entry(*item).or_default().insert(part.to_owned(), json!(cell));
                }
                _ => {}
            }
        }
        let says = |item: &Map<String, Value>| {
            ["url", "name", "description", "narrative", "genre"]
                .iter()
                .any(|p| item.contains_key(*p))
        };
        items.retain(|_, item| says(item));
        let (mut evidence, mut consents, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for (number, mut item) in items {
            // What is meant for somebody else than the public does not stand in public documents.
            let audience = item.get("audience").and_then(Value::as_str);
            let public = audience.is_none_or(|audience| audience.eq_ignore_ascii_case("public"));
            item.insert("public".to_owned(), json!(public));
            evidence.push(Value::Object(item));
            consents.push(asked.remove(&number));
            numbers.push(number);
        }
        (evidence, consents, numbers)
    }

    fn content(&self) -> [u8; 32] {
        let (email, row_id) = (Field::named("recipientEmail"), Field::named("rowId"));
        let columns = self.columns.headers.iter().zip(&self.columns.fields);
        let pairs = columns.zip(&self.cells).filter_map(|((header, field), cell)| {
            if *field == Some(Field::Ignored) || (field.is_some() && *field == row_id) {
                return None;
            }
            let name = field.map_or_else(|| format!("column {}", key(header)), Field::name);
            let cell =
                if field.is_some() && *field == email { cell.to_lowercase() } else { cell.clone() };
            Some((name, cell))
        });
        of_pairs(pairs.collect())
    }
}

fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value);
    }
}

/// A truth value, or the text as it is, which is told later.
fn truth(cell: &str) -> Value {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => json!(true),
        "false" | "no" | "0" => json!(false),
        _ => json!(cell),
    }
}

/// A number, or the text as it is, which is told later.
fn number(cell: &str) -> Value {
    let number = cell.parse::<f64>().ok().and_then(Number::from_f64);
    number.map_or_else(|| json!(cell), Value::Number)
}
