//! `accolade export` and `accolade erase`: everything that is kept about one person, and taking it
//! away.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::admin::{self, Order, Outcome};
use super::files::write_output;
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::issuer::Mandate;
use crate::json as strict;
use crate::wire::rest;

/// Writes everything that is kept about one person as JSON: her awards with all that is not public
/// in them, why they were changed, and every signed form.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  accolade export --email amara@schools.example.org --out amara.json"
)]
pub(super) struct Export {
    #[command(flatten)]
    person: WhichPerson,
    /// The file; standard output when not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Erases a person: of her awards only ids, dates, places in status lists and digests are left.
///
/// What was erased leaves the disk with `accolade store compact`, which wants the service stopped.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    accolade erase --email amara@schools.example.org\n  \
    accolade store compact")]
pub(super) struct Erase {
    #[command(flatten)]
    person: WhichPerson,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// By what a person is known; several mean the same person.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(super) struct WhichPerson {
    /// Her e-mail address
    #[arg(long)]
    email: Option<String>,
    /// Her DID
    #[arg(long)]
    did: Option<String>,
    /// A web page of hers
    #[arg(long)]
    url: Option<String>,
    /// Her telephone number, such as +12125550100
    #[arg(long)]
    telephone: Option<String>,
    /// Another identifier, TYPE=VALUE, such as sourcedId=S-77; may be given several times
    #[arg(long = "identifier", value_name = "TYPE=VALUE")]
    identifiers: Vec<String>,
    /// The account, acct_…; the first one when not given
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

impl WhichPerson {
    /// The body that asks the same of the API.
    fn body(&self) -> Result<Value, String> {
        let mut members = Map::new();
        let Self { email, did, url, telephone, identifiers, .. } = self;
        let texts = [("email", email), ("did", did), ("url", url), ("telephone", telephone)];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
        let mut others = Vec::new();
        for text in identifiers {
            let (kind, value) =
                text.split_once('=').ok_or_else(|| format!("--identifier {text:?}: TYPE=VALUE"))?;
            others.push(json!({ "identifier": value, "identifierType": kind }));
        }
        if !others.is_empty() {
            members.insert("identifier".to_owned(), others.into());
        }
        Ok(Value::Object(members))
    }
}

impl Export {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let exported = admin::ask(config, Order::ExportPerson(self.person))?;
        match &self.out {
            Some(path) => {
                let text = serde_json::to_string_pretty(&exported).unwrap_or_default();
                write_output(path, format!("{text}\n").as_bytes())?;
            }
            None => print_json(&exported)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Erase {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let erased = admin::ask(config, Order::ErasePerson(self.person))?;
        if self.json {
            print_json(&erased)?;
        } else {
            let count = erased.get("assertions").and_then(Value::as_array).map_or(0, Vec::len);
            print(&format!(
                "{count} awards were erased. Stop the service and run accolade store compact: until \
                 then the disk still holds what they said."
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything that is kept about a person.
pub(super) async fn export(app: &App, person: &WhichPerson) -> Outcome {
    let account = tokens::account(app, person.account.as_deref()).await?;
    let known = rest::person(&strict::Value::from(&person.body()?)).map_err(|e| e.to_string())?;
    app.issuer.export(&account, &known).await.map_err(|error| error.to_string())
}

/// Erases a person.
pub(super) async fn erase(app: &App, person: &WhichPerson) -> Outcome {
    let account = tokens::account(app, person.account.as_deref()).await?;
    let known = rest::person(&strict::Value::from(&person.body()?)).map_err(|e| e.to_string())?;
    let mandate = Mandate::of(&account, "cli");
    let erased = app.issuer.erase(&mandate, &known).await.map_err(|error| error.to_string())?;
    Ok(erased.answer())
}
