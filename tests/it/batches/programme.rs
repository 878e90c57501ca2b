//! The award list of a programme, row by row, as it is and turned about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{Desk, line, outcomes, table};
use crate::require::{say, shared};

/// The award list, its answers apart.
pub(super) struct List {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// What becomes of each row, by its id.
    pub(super) due: BTreeMap<String, String>,
    pub(super) definitions: Vec<String>,
}

impl List {
    pub(super) fn read(shared: &Path) -> Self {
        let folder = shared.join("program");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let mut all = table(&read("awards.csv"), b',').into_iter();
        let header = all.next().unwrap();
        let at = |name: &str| header.iter().position(|one| one == name).unwrap();
        let (answer, note, id) = (at("expect_import"), at("note"), at("row_id"));
        let kept = |row: &[String]| -> Vec<String> {
            let cells = row.iter().enumerate().filter(|(at, _)| *at != answer && *at != note);
            cells.map(|(_, cell)| cell.clone()).collect()
        };
        let mut due = BTreeMap::new();
        let mut rows = Vec::new();
        for row in all {
            // Until pathways and assessment records exist.
            let outcome = match row[answer].as_str() {
                "refused:prerequisite" => "issued",
                "recorded-not-yet" | "held:coach-meeting" => "refused:attempt-not-earned",
                other => other,
            };
            due.insert(row[id].clone(), outcome.to_owned());
            rows.push(kept(&row));
        }
        assert_eq!(rows.len(), 129);
        let definitions = vec![read("teaching-matters.json"), read("co-ascd-tlmc.json")];
        Self { header: kept(&header), rows, due, definitions }
    }

    fn at(&self, name: &str) -> usize {
        self.header.iter().position(|one| one == name).unwrap()
    }

    pub(super) fn file(&self, separator: char, mark: bool) -> Vec<u8> {
        let mut text = String::new();
        if mark {
            text.push('\u{feff}');
        }
        text += &line(&self.header, separator);
        for row in &self.rows {
            text += &line(row, separator);
        }
        text.into_bytes()
    }

    /// What is due for each row in the order of the rows.
    pub(super) fn expected(&self) -> Vec<&str> {
        let id = self.at("row_id");
        self.rows.iter().map(|row| self.due[&row[id]].as_str()).collect()
    }

    /// The same under other names and in another order: codes, addresses, words for issuers, headers,
    /// columns; rows that do not depend on each other.
    fn turned(&self, seed: u64) -> (Self, Value) {
        let mut dice = Dice(seed);
        let renamed = |text: &str| {
            text.replace("badges.example.org", "marks.example.net")
                .replace("/achievements/", "/things/")
                .replace("schools.example.org", "maktab.example.net")
                .replace("schools-example.org", "maktab-example.net")
                .replace("k12.example.org", "kyoshi.example.net")
                .replace("evidence.example.org", "proof.example.net")
                .replace("part1", "overview")
                .replace("demonstrated", "shown")
        };
        let mut rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| renamed(cell)).collect()).collect();
        let (code, issuer) = (self.at("achievement_code"), self.at("issuer"));
        for row in &mut rows {
            row[code] = format!("{}-x", row[code].to_lowercase());
            row[issuer] = format!("Programme {}", row[issuer]);
        }
        let mut definitions: Vec<Value> = self
            .definitions
            .iter()
            .map(|text| serde_json::from_str(&renamed(text)).unwrap())
            .collect();
        for definition in &mut definitions {
            for list in ["competencies", "microCredentials"] {
                let found = definition.get_mut(list).and_then(Value::as_array_mut);
                for one in found.into_iter().flatten() {
                    let code = one["code"].as_str().unwrap().to_lowercase();
                    one["code"] = json!(format!("{code}-x"));
                    one["humanCode"] = json!(format!("H-{code}"));
                }
            }
        }
        // Rows in another order, each behind those that it depends on.
        let (id, of) = (self.at("row_id"), self.at("ref_row"));
        let mut waiting = rows;
        let mut order: Vec<Vec<String>> = Vec::new();
        let mut alike = BTreeSet::from([("034".to_owned(), "033".to_owned())]);
        alike.extend(waiting.iter().map(|row| (row[id].clone(), row[of].clone())));
        while !waiting.is_empty() {
            let row = waiting.remove(dice.below(waiting.len()));
            let due = alike.iter().filter(|(this, _)| *this == row[id]).map(|(_, other)| other);
            let ready = due
                .filter(|other| !other.is_empty())
                .all(|other| order.iter().any(|done| done[id] == *other));
            if ready {
                order.push(row);
            } else {
                waiting.push(row);
            }
        }
        // Columns in another order and with other headers, all of them mapped.
        let mut columns: Vec<usize> = (0..self.header.len()).collect();
        for at in (1..columns.len()).rev() {
            columns.swap(at, dice.below(at + 1));
        }
        let header: Vec<String> = columns.iter().map(|at| format!("Col {at}")).collect();
        let name = |of: &str| format!("col_{}", self.at(of));
        let fields = [
            ("row_id", "rowId"),
            ("action", "action"),
            ("ref_row", "refRow"),
            ("recipient_id", "recipientId"),
            ("recipient_name", "recipientName"),
            ("recipient_email", "recipientEmail"),
            ("recipient_did", "recipientDid"),
            ("issuer", "issuer"),
            ("cohort", "term"),
            ("role", "role"),
            ("activity_start", "activityStart"),
            ("activity_end", "activityEnd"),
            ("submitted_on", "submittedOn"),
            ("assessed_on", "assessedOn"),
            ("awarded_on", "issuedOn"),
            ("valid_until", "expires"),
            ("attempt", "attempt"),
            ("coach_id", "coach"),
            ("assessor_id", "assessor"),
            ("approver_id", "approver"),
            ("rubric_results", "results"),
            ("overall", "overall"),
            ("contact_hours", "contactHours"),
            ("credits_earned", "creditsEarned"),
            ("narrative", "narrative"),
            ("page_visibility", "visibility"),
            ("reason", "reason"),
        ];
        let mapped: serde_json::Map<String, Value> =
            fields.iter().map(|(old, field)| (name(old), json!(field))).collect();
        let item = |number: u32| {
            let part = |part: &str| name(&format!("ev{number}_{part}"));
            json!({
                "url": part("url"), "genre": part("genre"), "audience": part("audience"),
                "consent": part("consent"), "sha256": part("sha256"),
            })
        };
        let mapping = json!({
            "columns": mapped,
            "classes": { "from": [name("achievement_id"), name("achievement_code")] },
            "evidence": [item(1), item(2)],
        });
        let rows = order
            .into_iter()
            .map(|row| columns.iter().map(|at| row[*at].clone()).collect())
            .collect();
        let header_of = |at: usize| columns.iter().position(|one| *one == at).unwrap();
        let mut turned = Self {
            header,
            rows,
            due: self.due.clone(),
            definitions: definitions.iter().map(Value::to_string).collect(),
        };
        turned.header[header_of(id)] = "row_id".to_owned();
        let mut mapping = mapping;
        mapping["columns"].as_object_mut().unwrap().remove(&name("row_id"));
        (turned, mapping)
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % end as u64).unwrap()
    }
}

#[track_caller]
fn agree(list: &List, rows: &[Value]) {
    let found = outcomes(rows);
    let wrong: Vec<String> = list
        .expected()
        .iter()
        .zip(&found)
        .zip(list.rows.iter().zip(rows))
        .filter(|((due, found), _)| due != found)
        .map(|((due, found), (cells, row))| {
            format!("{}: {due} is due, not {found}: {}", cells.join(","), row["problems"])
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found.len(), list.rows.len());
}

#[actix_web::test]
async fn every_row_of_the_award_list_comes_to_what_is_due() {
    let Some(shared) = shared() else { return };
    let list = List::read(&shared);
    let desk = Desk::open().await;
    for definition in &list.definitions {
        desk.import(definition).await;
    }
    // A dry run says what will be, and leaves everything as it is.
    desk.get("/v1/issuers").await.expect(200);
    let before = desk.everything().await;
    let dry = desk.send("?dryRun=true&asOf=2026-11-01", "text/csv", list.file(',', false)).await;
    let dry = dry.expect(200).json();
    assert!(desk.everything().await == before, "a dry run wrote something");
    agree(&list, dry["rows"].as_array().unwrap());

    let sent = desk.send("?asOf=2026-11-01", "text/csv", list.file(',', false)).await;
    let (batch, rows) = desk.done(sent).await;
    agree(&list, &rows);
    assert_eq!(batch["counts"], dry["counts"]);
    assert_eq!(batch["asOf"], "2026-11-01");
    assert_eq!(batch["unreadColumns"], json!(["jurisdiction", "school", "district", "fictional"]));
    for row in &rows {
        let carried =
            !matches!(row["outcome"].as_str().unwrap().split(':').next(), Some("refused"));
        assert_eq!(row["assertion"].is_string(), carried, "{row}");
        assert_eq!(
            row["problems"].as_array().unwrap().is_empty(),
            carried && row["outcome"] != "duplicate",
            "{row}"
        );
        for problem in row["problems"].as_array().unwrap() {
            let whole = problem["pointer"] == "";
            assert!(whole || list.header.contains(&problem["column"].as_str().unwrap().to_owned()));
        }
    }
    // 101 and the three that pathways will refuse are new, two of them with evidence withheld.
    let awards = desk.awards().await;
    let issued = batch["counts"]["issued"].as_u64().unwrap();
    assert_eq!((issued, awards.len() as u64), (106, 106));

    // Nothing that was withheld is linked or shown.
    let at = |id: &str| list.rows.iter().position(|row| row[0] == id).unwrap();
    for (row, item) in [("116", 0), ("117", 1)] {
        let id = rows[at(row)]["assertion"].as_str().unwrap();
        let award = awards.iter().find(|award| award["id"] == id).unwrap();
        let withheld = &award["evidence"][item];
        assert_eq!((&withheld["public"], &withheld["url"]), (&json!(false), &Value::Null));
        let shown = desk.app.get(&format!("/b/{id}.json")).send().await.expect(200).text();
        assert!(!shown.contains(&format!("/{row}/{}", item + 1)), "{shown}");
    }
    // A renewal is another award, linked; a correction is the same one.
    let id_of = |row: &str| rows[at(row)]["assertion"].as_str().unwrap();
    assert_ne!(id_of("019"), id_of("020"));
    assert_eq!(id_of("031"), id_of("032"));
    assert_eq!(id_of("033"), id_of("034"));
    for row in ["026", "029", "093"] {
        let award = awards.iter().find(|award| award["id"] == id_of(row)).unwrap();
        assert_eq!(award["state"], "revoked", "{row}");
    }
    let corrected = awards.iter().find(|award| award["id"] == id_of("032")).unwrap();
    assert!(corrected["validFrom"].as_str() > corrected["issuedOn"].as_str(), "{corrected}");

    // The same file once more changes nothing.
    let sent = desk.send("?asOf=2026-11-01", "text/csv", list.file(',', false)).await;
    let (_, again) = desk.done(sent).await;
    for (first, second) in rows.iter().zip(&again) {
        let before_that = ["refused:email", "refused:unknown-achievement", "refused:dates"];
        let due = match first["outcome"].as_str().unwrap() {
            outcome if before_that.contains(&outcome) => outcome,
            _ => "duplicate",
        };
        assert_eq!(second["outcome"], due, "{first} {second}");
        if due == "duplicate" {
            assert_eq!(second["assertion"], first["assertion"], "{first} {second}");
        }
    }
    assert_eq!(desk.awards().await, awards);
    say(format_args!("batches: {} rows of the award list, each as is due", rows.len()));
}

#[actix_web::test]
async fn outcomes_follow_the_mapping_and_not_the_names_or_the_order() {
    let Some(shared) = shared() else { return };
    let plain = List::read(&shared);
    let mut compared = 0;
    for (seed, separator, mark) in [(1, ';', true), (2, '\t', false), (3, ',', true)] {
        let (list, mut mapping) = plain.turned(seed);
        let desk = Desk::open().await;
        for definition in &list.definitions {
            desk.import(definition).await;
        }
        let issuers = desk.get("/v1/issuers").await.expect(200).json();
        for issuer in issuers["data"].as_array().unwrap() {
            let slug = issuer["slug"].as_str().unwrap();
            mapping["issuers"][format!("Programme {slug}")] = issuer["id"].clone();
        }
        let file = list.file(separator, mark);
        let sent = desk.send_form("?asOf=2026-11-01", &file, &mapping).await;
        let (_, rows) = desk.done(sent).await;
        agree(&list, &rows);
        compared += rows.len();
    }
    say(format_args!("batches: {compared} rows under other names and in other orders"));
}
