//! `accolade store check`: reads everything that is kept, once, and says what is damaged.
//! `accolade store compact`: copies what is kept into fresh files, so that nothing else is on the disk.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print_json, say, start};
use crate::app::App;
use crate::config::{Config, Flags, StoreKind};
use crate::store::compact;
use crate::store::durable::Options;
use crate::world::Random;

/// Looks after what is kept.
#[derive(Debug, Args)]
pub(super) struct StoreCommand {
    #[command(subcommand)]
    command: StoreCommands,
}

#[derive(Debug, Subcommand)]
enum StoreCommands {
    /// Read every record and check it; exit code 1 when something is damaged
    #[command(after_help = "Example:\n  accolade store check --data /srv/accolade")]
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy what is kept into fresh files: what was changed or erased is then on the disk no more.
    /// Wants the service stopped, and room for a second copy
    #[command(after_help = "Example:\n  accolade store compact --data /srv/accolade")]
    Compact {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl StoreCommand {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let json = match self.command {
            StoreCommands::Check { json } => json,
            StoreCommands::Compact { json } => return compact(&config, json),
        };
        let report = &admin::ask(config, Order::CheckStore)?;
        if json {
            print_json(report)?;
        } else {
            say(format_args!(
                "{} records are sound, {} are damaged.",
                report["sound"], report["damaged"]
            ));
            for record in report["records"].as_array().into_iter().flatten() {
                let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
                say(format_args!("  {}: {}", text("key"), text("what")));
            }
            if let Some(reason) = report["stoppedAt"].as_str() {
                say(format_args!("The check could not read to the end: {reason}"));
            }
        }
        let sound = report["isSound"] == Value::Bool(true);
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Compacts the store. No service can do that to its own.
fn compact(config: &Config, json: bool) -> Result<ExitCode, CliError> {
    let data = &config.store.path;
    if config.store.kind != StoreKind::Sled || !data.join("store").is_dir() {
        return Err(CliError::Said(format!("{} holds no store", data.display())));
    }
    let options = Options::new(data.join("store"));
    let done = compact::compact(&options, &data.join("blobs"), &Random::system())
        .map_err(|error| CliError::Said(error.to_string()))?;
    if json {
        print_json(&json!({
            "records": done.records,
            "bytesBefore": done.bytes_before,
            "bytesAfter": done.bytes_after,
            "filesRemoved": done.files_removed,
        }))?;
    } else {
        say(format_args!(
            "{} records, {} bytes instead of {}; {} files that nothing named were removed.",
            done.records, done.bytes_after, done.bytes_before, done.files_removed
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks the store, with a moving line where somebody watches.
pub(super) async fn check(app: &App) -> Outcome {
    let progress =
        app.store.start_check().map_err(|error| format!("the check cannot be started: {error}"))?;
    // Drawn on a terminal only.
    let line = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} records read") {
        line.set_style(style);
    }
    let report = loop {
        let report = progress.report();
        line.set_position(report.sound + report.damaged);
        if report.finished {
            break report;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    line.finish_and_clear();
    let records: Vec<Value> = report
        .named
        .iter()
        .map(|record| json!({ "key": record.key.to_string(), "what": record.what }))
        .collect();
    Ok(json!({
        "isSound": report.is_sound(),
        "sound": report.sound,
        "damaged": report.damaged,
        "records": records,
        "stoppedAt": report.stopped_at,
    }))
}
