//! `accolade keys`: which keys there are, whose, and where each stands in its life.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::issuer::{IssuerError, KeptKey};
use crate::store::{KeyLife, Page};

/// Shows the signing keys of issuers and of the service; never a private half.
#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// List the keys
    #[command(after_help = "Example:\n  accolade keys list --json")]
    List {
        /// As JSON, with the public keys
        #[arg(long)]
        json: bool,
    },
}

impl Keys {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let KeysCommand::List { json } = self.command;
        let keys = admin::ask(config, Order::ListKeys)?;
        if json {
            print_json(&keys)?
        } else {
            print(&table(&keys))?
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(keys: &Value) -> String {
    let mut lines = String::new();
    for key in keys.as_array().into_iter().flatten() {
        let text = |name: &str| key[name].as_str().unwrap_or("-").to_owned();
        lines += &format!(
            "{:<24}  {:>3}  {:<8}  {:<12}  {}\n",
            text("owner"),
            key["number"].as_u64().map_or_else(|| "-".to_owned(), |number| number.to_string()),
            text("type"),
            text("life"),
            key["verificationMethod"].as_str().or(key["id"].as_str()).unwrap_or("-")
        );
    }
    lines
}

/// All keys of all issuers, and that of the service.
pub(super) async fn list(app: &App) -> Outcome {
    let mut rows = Vec::new();
    let said = |error: IssuerError| error.to_string();
    let service = app.issuer.service_key().await.map_err(said)?;
    rows.push(json!({
        "owner": "service",
        "id": app.issuer.service_did().await.map_err(said)?,
        "type": service.key_type().as_str(),
        "life": "active",
        "publicKeyJwk": service.public().to_jwk(),
    }));
    for account in tokens::all_accounts(&app.store).await.map_err(|error| error.to_string())? {
        let mut page = Page::first(200);
        loop {
            let found = app.store.issuers(&account, &page).await.map_err(|e| e.to_string())?;
            for issuer in found.items {
                let issuer = issuer.value;
                let ring = app.issuer.key_ring(&account, &issuer.id).await.map_err(said)?;
                let did = ring.did(&app.urls, &issuer.slug).unwrap_or_default();
                rows.extend(ring.keys.iter().map(|key| row(issuer.slug.as_str(), &did, key)));
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
    }
    Ok(Value::Array(rows))
}

fn row(slug: &str, did: &str, key: &KeptKey) -> Value {
    let (life, since) = match key.record.life {
        KeyLife::Active => ("active", None),
        KeyLife::Retired(at) => ("retired", Some(at.to_string())),
        KeyLife::Compromised(at) => ("compromised", Some(at.to_string())),
    };
    json!({
        "owner": slug,
        "issuer": key.record.issuer.as_str(),
        "number": key.record.number,
        "id": key.record.id.as_str(),
        "type": key.record.key_type.as_str(),
        "life": life,
        "since": since,
        "createdAt": key.record.created_at.to_string(),
        "verificationMethod": key.method(did),
        "publicKeyJwk": key.record.public,
    })
}
