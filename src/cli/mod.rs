//! The command line: one file per command.
//!
//! Data goes to standard output, everything said about it to standard error. Exit codes: 0 done (a
//! verified badge is valid), 1 refused or failed (the badge is invalid), 2 wrong usage (a badge that
//! could not be judged is 2 as well: nothing was found out).

mod accounts;
mod address;
mod admin;
mod audit;
mod award;
mod canonicalize;
mod demo;
mod files;
mod images;
mod import;
mod keys;
mod people;
mod serve;
mod store;
mod tokens;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError, Flags};
use crate::telemetry::{self, TelemetryError};

/// Issues and verifies Open Badges 2.0 and 3.0.
#[derive(Debug, Parser)]
#[command(name = "accolade", version, arg_required_else_help = true, subcommand_required = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
struct Common {
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory [default: ./accolade-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::DemoCommand),
    Verify(verify::Verify),
    Accounts(accounts::Accounts),
    Tokens(tokens::Tokens),
    Keys(keys::Keys),
    Audit(audit::Audit),
    Import(import::Import),
    Award(award::Award),
    Store(store::StoreCommand),
    Export(people::Export),
    Erase(people::Erase),
    Bake(images::Bake),
    Unbake(images::Unbake),
    Canonicalize(canonicalize::Canonicalize),
    Config(ShowConfig),
}

/// Shows every setting as it holds, from flags, ACCOLADE_* variables, file and defaults.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  ACCOLADE_LISTEN=0.0.0.0:80 accolade config --config accolade.toml"
)]
struct ShowConfig {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error(transparent)]
    Open(#[from] crate::app::OpenError),
    #[error("{0}")]
    Said(String),
    #[error("{0}")]
    Usage(String),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

impl CliError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// What is wrong with a file.
    fn said(path: &std::path::Path, what: impl std::fmt::Display) -> Self {
        Self::Said(format!("{}: {what}", path.display()))
    }
}

/// Runs the command that the process was given.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            say(format_args!("accolade: {error}"));
            ExitCode::from(if matches!(error, CliError::Usage(_)) { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, CliError> {
    let flags = Flags { config: cli.common.config, data: cli.common.data, ..Flags::default() };
    match cli.command {
        Command::Serve(serve) => serve.run(flags),
        Command::Demo(demo) => demo.run(flags),
        Command::Verify(verify) => verify.run(&flags),
        Command::Accounts(accounts) => accounts.run(&flags),
        Command::Audit(audit) => audit.run(&flags),
        Command::Tokens(tokens) => tokens.run(&flags),
        Command::Keys(keys) => keys.run(&flags),
        Command::Import(import) => import.run(&flags),
        Command::Award(award) => award.run(&flags),
        Command::Store(store) => store.run(&flags),
        Command::Export(export) => export.run(&flags),
        Command::Erase(erase) => erase.run(&flags),
        Command::Bake(bake) => bake.run(),
        Command::Unbake(unbake) => unbake.run(),
        Command::Canonicalize(canonicalize) => canonicalize.run(),
        Command::Config(show) => {
            let config = load(&flags)?;
            let shown = config.redacted();
            if show.json {
                let value: toml::Table = shown.parse().unwrap_or_default();
                print_json(&serde_json::to_value(value).unwrap_or_default())?;
            } else {
                print(&shown)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn load(flags: &Flags) -> Result<Config, CliError> {
    // Names and values that are not Unicode cannot be settings of ours.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(Config::load(flags, variables)?)
}

/// Loads the configuration and begins to log.
fn start(flags: &Flags) -> Result<Config, CliError> {
    let config = load(flags)?;
    telemetry::init(&config.log)?;
    Ok(config)
}

/// Writes text to standard output. A reader that went away is no error: `accolade config | head`.
fn print(text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| {
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    });
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(CliError::io("standard output")),
    }
}

fn print_json(value: &serde_json::Value) -> Result<(), CliError> {
    print(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Writes a line to standard error, whatever becomes of it.
fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_are_well_formed_and_each_shows_an_example() {
        let mut cli = Cli::command();
        cli.build();
        fn walk(command: &mut clap::Command) {
            let name = command.get_name().to_owned();
            if name == "help" {
                return;
            }
            let mut subcommands: Vec<_> = command.get_subcommands().cloned().collect();
            if subcommands.is_empty() {
                let help = command.render_long_help().to_string();
                assert!(help.contains("Example"), "{name} --help shows no example");
            }
            subcommands.iter_mut().for_each(walk);
        }
        cli.clone().debug_assert();
        walk(&mut cli);
    }
}
