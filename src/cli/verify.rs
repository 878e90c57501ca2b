//! `accolade verify`: anybody's badge, from a file, a link, standard input or a folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use url::Url;

use super::files::{read_input, write_output};
use super::{CliError, print, print_json, start};
use crate::app::{self, Instance};
use crate::config::Flags;
use crate::domain::parse_instant;
use crate::language::Language;
use crate::verifier::{
    Dossier, Expected, Input, InputError, MAX_DOSSIER, MAX_INPUT, Options, PolicyName, Report,
    Verdict, Verifier,
};
use crate::world::Clock;

/// Verifies a badge: JSON, JWT, PNG, SVG, PDF, or a link to one; or every file of a folder.
///
/// Exit code 0: valid. 1: invalid, or no badge at all. 2: indeterminate, something could not be
/// checked. Of several files the worst counts, 1 before 2.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  accolade verify badge.png\n  \
    accolade verify https://badges.example.org/b/as_0123456789ABCDEFGHIJKL\n  \
    accolade verify --json --recipient teacher@example.org - < credential.json\n  \
    accolade verify badge.png --save-dossier badge.dossier.json\n  \
    accolade verify --dossier badge.dossier.json --lang es")]
pub(super) struct Verify {
    /// A file, a folder, a URL, or - for standard input. Nothing on this machine or in private
    /// networks is contacted but the host of a URL that stands here, and the service of --data
    #[arg(value_name = "FILE|URL|-", required_unless_present = "dossier")]
    input: Option<String>,
    /// Keep the badge and every document that was read, to be judged again later without a network
    #[arg(long, value_name = "FILE", conflicts_with = "dossier")]
    save_dossier: Option<PathBuf>,
    /// Judge what was kept with --save-dossier, as of the time it was kept; nothing is contacted
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    dossier: Option<PathBuf>,
    /// The report as JSON; for a folder an array of {file, report} or {file, error}
    #[arg(long)]
    json: bool,
    /// Judge as of this instant (RFC 3339)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Whom it should belong to: an address, or JSON such as `{"email": ["a@example.org"]}`
    #[arg(long, value_name = "RECIPIENT")]
    recipient: Option<String>,
    /// default, strict or proof-only
    #[arg(long, value_name = "POLICY", default_value = "default")]
    policy: String,
    /// With canonical forms, hashes and the bytes that were signed
    #[arg(long)]
    trace: bool,
    /// Look at the evidence too, and hold it to the digests that the badge states
    #[arg(long)]
    evidence: bool,
    /// The language of the report: en or es
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    lang: Language,
}

impl Verify {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        // A badge of the service whose data directory this is leads to its own address, which is
        // at home here even where it is local.
        let home = Instance::read(&config.store.path).ok().flatten();
        let home = home.and_then(|instance| Url::parse(&instance.public_url).ok());
        let options = Options { typed: home, ..self.options()? };
        let verifier = app::lone_verifier(&config, &Clock::system())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CliError::io("the runtime"))?;
        if let Some(file) = &self.dossier {
            return self.kept(file, &verifier, options);
        }
        let given = self.input.as_deref().unwrap_or("-");
        let path = Path::new(given);
        if path.is_dir() {
            if self.save_dossier.is_some() {
                return Err(CliError::Usage(
                    "--save-dossier: keeps one badge, not a folder".into(),
                ));
            }
            return self.folder(path, &verifier, &options, &runtime);
        }
        let (input, typed) = single(given)?;
        let options = Options { typed: typed.or(options.typed), ..options };
        let dossier = runtime
            .block_on(verifier.gather(input, &options))
            .map_err(|error| CliError::Said(format!("{given}: {}", self.said(&error))))?;
        if let Some(file) = &self.save_dossier {
            let bytes = dossier.to_file().map_err(|error| CliError::said(file, error))?;
            write_output(file, &bytes)?;
        }
        self.show(&verifier.judge(&dossier, &options))
    }

    /// Judges a dossier that was kept.
    fn kept(
        &self,
        file: &Path,
        verifier: &Verifier,
        options: Options,
    ) -> Result<ExitCode, CliError> {
        let bytes = read_input(file, MAX_DOSSIER)?;
        let mut dossier = Dossier::of_file(&bytes).map_err(|error| CliError::said(file, error))?;
        dossier.expected = options.recipient.clone().or(dossier.expected);
        self.show(&verifier.judge(&dossier, &options))
    }

    fn said(&self, error: &InputError) -> String {
        self.lang.say(&error.to_string()).into_owned()
    }

    fn show(&self, report: &Report) -> Result<ExitCode, CliError> {
        if self.json {
            print_json(&value_of(&report.clone().in_language(self.lang)))?;
        } else {
            print(&report.text_in(self.lang).to_string())?;
        }
        Ok(code(report.verdict))
    }

    fn options(&self) -> Result<Options, CliError> {
        let wrong =
            |flag: &str, why: &dyn std::fmt::Display| CliError::Usage(format!("{flag}: {why}"));
        let at = self.at.as_deref().map(parse_instant).transpose();
        let policy: Result<PolicyName, _> = self.policy.parse();
        let recipient = self.recipient.as_deref().map(|text| {
            if text.trim_start().starts_with(['{', '"']) {
                serde_json::from_str(text)
            } else {
                Ok(Expected::Any(text.to_owned()))
            }
        });
        Ok(Options {
            policy: policy.map_err(|error| wrong("--policy", &error))?,
            recipient: recipient.transpose().map_err(|error| wrong("--recipient", &error))?,
            at: at.map_err(|error| wrong("--at", &error))?,
            trace: self.trace,
            linkage: true,
            evidence: self.evidence,
            ..Options::default()
        })
    }

    fn folder(
        &self,
        folder: &Path,
        verifier: &Verifier,
        options: &Options,
        runtime: &tokio::runtime::Runtime,
    ) -> Result<ExitCode, CliError> {
        let files = files_of(folder)?;
        if files.is_empty() {
            return Err(CliError::Said(format!("{}: no files", folder.display())));
        }
        // Drawn on a terminal only, and on standard error.
        let bar = ProgressBar::new(files.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        let (mut worst, mut rows) = (Verdict::Valid, Vec::new());
        for file in files {
            let name = file.display().to_string();
            bar.set_message(name.clone());
            let outcome = match read_input(&file, MAX_INPUT) {
                Ok(bytes) => runtime
                    .block_on(verifier.verify(Input::sniff(bytes), options.clone()))
                    .map_err(|error| self.said(&error)),
                Err(error) => Err(error.to_string()),
            };
            let verdict = outcome.as_ref().map_or(Verdict::Invalid, |report| report.verdict);
            worst = match (worst, verdict) {
                (Verdict::Invalid, _) | (_, Verdict::Invalid) => Verdict::Invalid,
                (Verdict::Indeterminate, _) | (_, Verdict::Indeterminate) => Verdict::Indeterminate,
                _ => Verdict::Valid,
            };
            if self.json {
                rows.push(match outcome {
                    Ok(report) => {
                        let report = report.in_language(self.lang);
                        json!({ "file": name, "report": value_of(&report) })
                    }
                    Err(error) => json!({ "file": name, "error": error }),
                });
            } else {
                let line = match outcome {
                    Ok(report) => format!("{:<14} {name}", word(report.verdict)),
                    Err(error) => format!("{:<14} {name}: {error}", "no badge"),
                };
                bar.suspend(|| print(&line))?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        if self.json {
            print_json(&Value::Array(rows))?;
        }
        Ok(code(worst))
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| "it is en or es".to_owned())
}

/// What one argument names. The host of a URL that was typed here may be contacted wherever it is;
/// that of a URL in a file may not.
fn single(given: &str) -> Result<(Input, Option<Url>), CliError> {
    let path = Path::new(given);
    if given != "-" && !path.exists() && given.contains("://") {
        return Ok((Input::Url(given.to_owned()), Url::parse(given).ok()));
    }
    Ok((Input::sniff(read_input(path, MAX_INPUT)?), None))
}

fn value_of(report: &Report) -> Value {
    serde_json::to_value(report).unwrap_or_default()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "invalid",
        Verdict::Indeterminate => "indeterminate",
    }
}

fn code(verdict: Verdict) -> ExitCode {
    match verdict {
        Verdict::Valid => ExitCode::SUCCESS,
        Verdict::Invalid => ExitCode::from(1),
        Verdict::Indeterminate => ExitCode::from(2),
    }
}

/// The files of a folder by name; folders in it and hidden files are left out.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = || CliError::io(folder.display().to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable())? {
        let path = entry.map_err(unreadable())?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_file() && !hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
