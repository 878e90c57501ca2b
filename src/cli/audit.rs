//! `accolade audit`: the trail of who did what, as lines to keep elsewhere, and whether it fits.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, say, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::store::{AuditFault, AuditTrail, AuditVerdict, Page, audit_line};

/// Rows that are asked for together.
const TOGETHER: usize = 20_000;

/// Writes out the audit trail, or checks that nothing in it was altered, removed or moved.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Write every row as a line of JSON, oldest first
    #[command(after_help = "Example:\n  accolade audit export > audit.ndjson")]
    Export {
        /// The account, acct_…; the first one when not given
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
    },
    /// Follow the chain and name the first row that does not fit; exit code 1 when there is one
    #[command(after_help = "Examples:\n  accolade audit verify\n  \
        accolade audit verify --file audit.ndjson --head 3f0c…")]
    Verify {
        /// The account, acct_…; every one when not given
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// Lines that were exported, instead of the data directory
        #[arg(long, value_name = "FILE", conflicts_with = "account")]
        file: Option<PathBuf>,
        /// The lines begin in the middle of a chain
        #[arg(long, requires = "file")]
        part: bool,
        /// The hash of the last row, known from elsewhere
        #[arg(long, value_name = "HASH", requires = "file")]
        head: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        match self.command {
            AuditCommand::Export { account } => {
                let mut after: Option<String> = None;
                loop {
                    let order = Order::ExportAudit { account: account.clone(), after };
                    let page = admin::ask(config.clone(), order)?;
                    if let Some(lines) =
                        page.get("lines").and_then(Value::as_str).filter(|lines| !lines.is_empty())
                    {
                        print(lines)?;
                    }
                    after = page.get("next").and_then(Value::as_str).map(str::to_owned);
                    if after.is_none() {
                        return Ok(ExitCode::SUCCESS);
                    }
                }
            }
            AuditCommand::Verify { account, file, part, head, json } => {
                let found = match file {
                    Some(path) => json!([from_file(&path, part, head.as_deref())?]),
                    None => admin::ask(config, Order::VerifyAudit { account })?,
                };
                if json {
                    print_json(&found)?;
                } else {
                    tell(&found);
                }
                let fits = |chain: &Value| chain["fits"] == Value::Bool(true);
                let all = found.as_array().into_iter().flatten().all(fits);
                Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(1) })
            }
        }
    }
}

fn from_file(path: &std::path::Path, part: bool, head: Option<&str>) -> Result<Value, CliError> {
    let file = std::fs::File::open(path).map_err(CliError::io(path.display().to_string()))?;
    let mut trail = if part { AuditTrail::part() } else { AuditTrail::whole() };
    for line in std::io::BufReader::new(file).lines() {
        trail.line(&line.map_err(CliError::io(path.display().to_string()))?);
    }
    let verdict = trail.verdict();
    let ends = head.is_none_or(|head| verdict.head.as_deref() == Some(head));
    let verdict = match verdict.fault {
        None if !ends => {
            let what = "its last row is not the one named".to_owned();
            AuditVerdict { fault: Some(AuditFault { sequence: None, what }), ..verdict }
        }
        _ => verdict,
    };
    Ok(describe(None, &verdict))
}

fn tell(found: &Value) {
    for chain in found.as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let account = chain["account"].as_str().unwrap_or("the file");
        let head = text(&chain["head"]);
        say(format_args!("{account}: {} rows fit, the last has {head}", chain["rows"]));
        if chain["unchained"] != json!(0) {
            say(format_args!("  {} rows are older than the chain", chain["unchained"]));
        }
        if let Some(fault) = chain.get("fault").filter(|fault| !fault.is_null()) {
            let text = |name: &str| fault.get(name).and_then(Value::as_str).unwrap_or("-");
            let (sequence, what) = (text("sequence"), text("what"));
            say(format_args!("  row {sequence} does not fit: {what}"));
        }
    }
}

fn describe(account: Option<&str>, verdict: &AuditVerdict) -> Value {
    let fault = verdict.fault.as_ref();
    json!({
        "account": account,
        "fits": fault.is_none(),
        "rows": verdict.rows,
        "unchained": verdict.unchained,
        "head": verdict.head,
        "fault": fault.map(|fault| json!({ "sequence": fault.sequence, "what": fault.what })),
    })
}

/// A page of the rows of an account, as lines.
pub(super) async fn export(app: &App, account: Option<&str>, after: Option<String>) -> Outcome {
    let account = tokens::known_account(app, account).await?;
    let page = Page { after, limit: TOGETHER };
    let found = app.store.audit(&account, &page).await.map_err(|error| error.to_string())?;
    let lines: String =
        found.items.iter().map(|(link, row)| format!("{}\n", audit_line(link, row))).collect();
    Ok(json!({ "lines": lines, "next": found.next }))
}

/// What the chains say.
pub(super) async fn verify(app: &App, account: Option<&str>) -> Outcome {
    let accounts = match account {
        Some(_) => vec![tokens::known_account(app, account).await?],
        None => tokens::all_accounts(&app.store).await.map_err(|error| error.to_string())?,
    };
    let mut chains = Vec::new();
    for account in accounts {
        let verdict = app.store.verify_audit(&account).await.map_err(|error| error.to_string())?;
        chains.push(describe(Some(account.as_str()), &verdict));
    }
    Ok(Value::Array(chains))
}
