//! `accolade import`: the file of a programme into the data directory.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::admin::{self, Order, Outcome};
use super::files::read_input;
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::issuer::Mandate;
use crate::programme::import;

/// Largest file, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Imports an issuer with its micro-credentials, or a competency framework.
///
/// A second import of the same file changes nothing; a definition that says something else than
/// before becomes a new version.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  accolade import teaching-matters.json --data /srv/accolade")]
pub(super) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    /// The account to import into, acct_…; the first one when not given, made if there is none
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let bytes = read_input(&self.file, LARGEST)?;
        let text = String::from_utf8(bytes).map_err(|error| CliError::said(&self.file, error))?;
        let order = Order::Import { account: self.account, text };
        let report =
            admin::ask(config, order).map_err(|error| CliError::said(&self.file, error))?;
        if self.json {
            print_json(&report)?
        } else {
            print(&told(&report))?
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(report: &Value) -> String {
    let mut text = String::new();
    let word = |value: &Value, name: &str| value[name].as_str().unwrap_or("-").to_owned();
    if let Some(issuer) = report.get("issuer") {
        text += &format!(
            "issuer {} ({}): {}\n",
            word(issuer, "slug"),
            word(issuer, "id"),
            word(issuer, "outcome")
        );
    }
    for class in report["badgeClasses"].as_array().into_iter().flatten() {
        text += &format!(
            "  {} ({}, version {}): {}\n",
            word(class, "code"),
            word(class, "id"),
            class["version"],
            word(class, "outcome")
        );
    }
    if let Some(framework) = report.get("framework") {
        text += &format!(
            "framework {}: {} entries, {}\n",
            word(framework, "title"),
            framework["items"],
            word(framework, "outcome")
        );
    }
    let left_out: Vec<&str> =
        report["leftOut"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !left_out.is_empty() {
        text +=
            &format!("left out, because this program has no use for it: {}\n", left_out.join(", "));
    }
    text
}

/// Imports the text of a file.
pub(super) async fn import_text(app: &App, account: Option<&str>, text: &str) -> Outcome {
    let account = tokens::account(app, account).await?;
    let mandate = Mandate::of(&account, "cli");
    let report = import::import(&app.issuer, &mandate, text).await;
    let report = report.map_err(|error| error.to_string())?;
    serde_json::to_value(report).map_err(|error| error.to_string())
}
