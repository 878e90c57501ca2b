//! `accolade award`: the rows of a file become awards, as `POST /v1/batches` does it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::admin::{Order, Outcome, Session};
use super::files::{read_input, write_output};
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, BatchId, parse_instant};
use crate::issuer::Mandate;
use crate::issuer::batches::{Format, Terms, Upload, batch_answer, row_answer};
use crate::store::Page;

/// Bytes of a piece.
const PIECE: usize = 512 * 1024;
/// Bytes of a mapping.
const MAPPING_BYTES: usize = 64 * 1024;
/// Rows of a page.
const ROWS_AT_ONCE: usize = 500;
/// Refused rows that are shown.
const SHOWN: usize = 50;

/// Awards what the rows of a file say: CSV, a JSON array, or one JSON text a line.
///
/// Every row gets an outcome; one that cannot be carried out never stops the others, and is no
/// failure of the command. A row that was carried out before is not carried out again.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  accolade award awards.csv --mapping mapping.json --as-of 2026-11-01 --dry-run"
)]
pub(super) struct Award {
    /// The file, or - for standard input; .json, .ndjson and .jsonl are JSON, all else is CSV
    file: PathBuf,
    /// What the columns of a CSV file mean (JSON); without it the headers say it
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The day that rows are judged for [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Say what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Tell each holder whose e-mail address is known of the new award
    #[arg(long)]
    notify: bool,
    /// Write the rows that were refused to this file, to mend and send again
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    failures: Option<PathBuf>,
    /// The account to award in, acct_…; the first one when not given
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// As JSON, with every row
    #[arg(long)]
    json: bool,
}

/// One step of awarding a file; the socket of the service carries them one by one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Begin,
    Piece { name: String, base64: String },
    End { name: String, asked: Asked },
    Work { account: String, batch: String },
    Rows { account: String, batch: String, after: Option<String> },
    Failures { account: String, batch: String, after: u32 },
}

/// What is asked for with a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    account: Option<String>,
    format: String,
    mapping: String,
    as_of: Option<String>,
    dry_run: bool,
    #[serde(default)]
    notify: bool,
    /// Whether a dry run tells of every row, and not of refused ones to be shown only.
    every_row: bool,
}

impl Award {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        if let Some(day) = &self.as_of {
            let wrong = |invalid| CliError::Usage(format!("--as-of: {invalid}"));
            parse_instant(day).map_err(wrong)?;
        }
        let config = start(flags)?;
        let mapping = match &self.mapping {
            Some(path) => String::from_utf8(read_input(path, MAPPING_BYTES)?)
                .map_err(|error| CliError::said(path, error))?,
            None => String::new(),
        };
        let session = Session::open(config)?;
        let ask = |step: Step| session.ask(&Order::Award(step));
        let name = of(&ask(Step::Begin)?, "name").as_str().unwrap_or_default().to_owned();
        self.send(&name, &ask)?;
        let asked = Asked {
            account: self.account.clone(),
            format: format_of(&self.file).to_owned(),
            mapping,
            as_of: self.as_of.clone(),
            dry_run: self.dry_run,
            notify: self.notify,
            every_row: self.json,
        };
        let begun =
            ask(Step::End { name, asked }).map_err(|error| CliError::said(&self.file, error))?;
        let whole = if self.dry_run { begun } else { self.follow(&begun, &ask)? };
        if self.json {
            print_json(&whole)?
        } else {
            print(&told(&whole))?
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Sends the file in pieces.
    fn send(
        &self,
        name: &str,
        ask: &impl Fn(Step) -> Result<Value, CliError>,
    ) -> Result<(), CliError> {
        let shown = self.file.display().to_string();
        let mut source: Box<dyn std::io::Read> = if self.file.as_os_str() == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(std::fs::File::open(&self.file).map_err(CliError::io(&shown))?)
        };
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = source.by_ref().take(PIECE as u64).read_to_end(&mut piece);
            read.map_err(CliError::io(&shown))?;
            if piece.is_empty() {
                return Ok(());
            }
            ask(Step::Piece { name: name.to_owned(), base64: BASE64.encode(piece) })?;
        }
    }

    /// Waits until every row has its outcome, and gives the batch with all of them.
    fn follow(
        &self,
        begun: &Value,
        ask: &impl Fn(Step) -> Result<Value, CliError>,
    ) -> Result<Value, CliError> {
        let text = |name: &str| of(begun, name).as_str().unwrap_or_default().to_owned();
        let (account, batch) = (text("account"), text("id"));
        let bar = bar(count(begun, "rows"));
        let mut whole = loop {
            let step = Step::Work { account: account.clone(), batch: batch.clone() };
            let now = ask(step)?;
            let pending = count(&now, "pending");
            bar.set_position(bar.length().unwrap_or(0).saturating_sub(pending));
            if matches!(of(&now, "state").as_str(), Some("done" | "cancelled")) {
                break now;
            }
        };
        bar.finish_and_clear();
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let step = Step::Rows { account: account.clone(), batch: batch.clone(), after };
            let page = ask(step)?;
            let found = of(&page, "rows").as_array().cloned().unwrap_or_default();
            // Only what is shown is held.
            let wanted = |row: &Value| self.json || is_refused(row);
            rows.extend(found.into_iter().filter(wanted));
            if !self.json {
                rows.truncate(SHOWN + 1);
            }
            match of(&page, "next").as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => break,
            }
        }
        if let Some(path) = &self.failures {
            self.keep_failures(path, &account, &batch, ask)?;
        }
        if let Some(members) = whole.as_object_mut() {
            members.insert("rows".to_owned(), Value::Array(rows));
        }
        Ok(whole)
    }

    fn keep_failures(
        &self,
        path: &Path,
        account: &str,
        batch: &str,
        ask: &impl Fn(Step) -> Result<Value, CliError>,
    ) -> Result<(), CliError> {
        let mut file = Vec::new();
        let mut after = 0;
        loop {
            let (account, batch) = (account.to_owned(), batch.to_owned());
            let piece = ask(Step::Failures { account, batch, after })?;
            let bytes = BASE64.decode(of(&piece, "base64").as_str().unwrap_or_default());
            file.extend(bytes.unwrap_or_default());
            match of(&piece, "next").as_u64().and_then(|next| u32::try_from(next).ok()) {
                Some(next) => after = next,
                None => return write_output(path, &file),
            }
        }
    }
}

/// A member of an answer.
fn of<'v>(answer: &'v Value, name: &str) -> &'v Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// A count of a batch.
fn count(batch: &Value, name: &str) -> u64 {
    of(of(batch, "counts"), name).as_u64().unwrap_or(0)
}

/// Drawn on a terminal only.
fn bar(rows: u64) -> ProgressBar {
    let bar = ProgressBar::new(rows);
    let template = "{bar:40} {pos}/{len} rows, {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn format_of(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => "json",
        "ndjson" | "jsonl" => "ndjson",
        _ => "csv",
    }
}

fn is_refused(row: &Value) -> bool {
    row["outcome"].as_str().is_some_and(|outcome| outcome.starts_with("refused"))
}

fn told(whole: &Value) -> String {
    let count = |name: &str| count(whole, name);
    let named = ["issued", "reissued", "revoked", "duplicate", "refused", "pending"];
    let some: Vec<String> = named
        .iter()
        .filter(|name| count(name) > 0)
        .map(|name| format!("{} {name}", count(name)))
        .collect();
    let what = match whole["id"].as_str() {
        Some(id) => format!("{id}: "),
        None => "dry run, nothing was written: ".to_owned(),
    };
    let mut text = format!("{what}{} rows: {}\n", count("rows"), some.join(", "));
    let unread: Vec<&str> =
        whole["unreadColumns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !unread.is_empty() {
        text += &format!("columns that were not read: {}\n", unread.join(", "));
    }
    let refused = whole["rows"].as_array().into_iter().flatten().filter(|row| is_refused(row));
    for row in refused.take(SHOWN) {
        let outcome = row["outcome"].as_str().unwrap_or_default();
        text += &format!("  row {}: {outcome}\n", row["row"]);
        for problem in row["problems"].as_array().into_iter().flatten() {
            let member = |name: &str| problem[name].as_str().filter(|text| !text.is_empty());
            let place = member("column").or(member("pointer")).map(|place| format!("{place}: "));
            let help = member("suggestion").map(|help| format!(" ({help})"));
            let (place, help) = (place.unwrap_or_default(), help.unwrap_or_default());
            text += &format!("    {place}{}{help}\n", member("detail").unwrap_or_default());
        }
    }
    if count("refused") > SHOWN as u64 {
        text += &format!(
            "  … and {} more; --json or --failures FILE has all\n",
            count("refused") - SHOWN as u64
        );
    }
    text
}

/// Carries out a step on an open data directory.
pub(super) async fn carry_out(app: &App, step: Step) -> Outcome {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    match step {
        Step::Begin => {
            let name = app.batches.begin_arrival().await.map_err(|error| said(&error))?;
            Ok(json!({ "name": name }))
        }
        Step::Piece { name, base64 } => {
            let piece = BASE64.decode(base64).map_err(|error| said(&error))?;
            let length = app.batches.add_to_arrival(&name, &piece).await;
            let most = app.config.limits.batch_bytes as u64;
            match length.map_err(|error| said(&error))? {
                Some(length) if length > most => {
                    Err(format!("a batch may have {most} bytes at most; send several"))
                }
                Some(_) => Ok(Value::Null),
                None => Err("others were sent meanwhile; send it again".to_owned()),
            }
        }
        Step::End { name, asked } => take(app, &name, asked).await,
        Step::Work { account, batch } => {
            let (account, batch) = ids(&account, &batch)?;
            // Where nobody works yet, here it is done; beside a worker it waits for its turn.
            app.batches.step().await.map_err(|error| said(&error))?;
            let found = app.batches.batch(&account, &batch).await.map_err(|error| said(&error))?;
            Ok(batch_answer(&app.urls, &found.value))
        }
        Step::Rows { account, batch, after } => {
            let (account, batch) = ids(&account, &batch)?;
            let page = Page { after, limit: ROWS_AT_ONCE };
            let found = app.store.list_outcomes(&account, &batch, |_| true, &page).await;
            let found = found.map_err(|error| said(&error))?;
            let rows: Vec<Value> =
                found.items.iter().map(|(row, outcome)| row_answer(*row, outcome)).collect();
            Ok(json!({ "rows": rows, "next": found.next }))
        }
        Step::Failures { account, batch, after } => {
            let (account, batch) = ids(&account, &batch)?;
            let found = app.batches.batch(&account, &batch).await.map_err(|error| said(&error))?;
            let failures = app.batches.failures_behind(&account, &found.value, after).await;
            let mut failures = failures.map_err(|error| said(&error))?;
            let piece = failures.next().await.map_err(|error| said(&error))?;
            let next = failures.after();
            Ok(json!({ "base64": BASE64.encode(piece.unwrap_or_default()), "next": next }))
        }
    }
}

fn ids(account: &str, batch: &str) -> Result<(AccountId, BatchId), String> {
    let wrong = |invalid: crate::domain::Invalid| invalid.to_string();
    Ok((AccountId::parse(account).map_err(wrong)?, BatchId::parse(batch).map_err(wrong)?))
}

/// Takes a file in that has arrived, or says what it would do.
async fn take(app: &App, name: &str, asked: Asked) -> Outcome {
    let account = tokens::account(app, asked.account.as_deref()).await?;
    let bytes = app.batches.end_arrival(name).await.map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("others were sent meanwhile; send it again")?;
    let format = match asked.format.as_str() {
        "json" => Format::Json,
        "ndjson" => Format::Lines,
        _ => Format::Csv,
    };
    let as_of = asked.as_of.as_deref().map(parse_instant).transpose();
    let as_of = as_of.map_err(|invalid| invalid.to_string())?;
    let as_of = as_of.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let terms = Terms { as_of, may_revoke: true, notify: asked.notify };
    let upload = Upload { format, bytes, mapping: asked.mapping };
    let inspected = app.batches.inspect(upload).await.map_err(|error| error.to_string())?;
    if asked.dry_run {
        let run = app.batches.dry_run(&account, inspected, &terms);
        let as_of = run.as_of();
        let mut rows = Vec::new();
        let counted = run
            .run(async |row| {
                if asked.every_row || (rows.len() <= SHOWN && is_refused(&row)) {
                    rows.push(row);
                }
                true
            })
            .await;
        let counts = counted.map_err(|error| error.to_string())?;
        return Ok(json!({
            "dryRun": true, "state": "done", "asOf": as_of, "rows": rows, "counts": counts,
        }));
    }
    let mandate = Mandate::of(&account, "cli");
    let done = app.batches.accept(&mandate, inspected, &terms).await;
    let mut answer = done.map_err(|error| error.to_string())?.answer;
    if let Some(members) = answer.as_object_mut() {
        members.insert("account".to_owned(), json!(account.as_str()));
    }
    Ok(answer)
}
