//! `accolade keys`: which keys there are, whose, and where each stands in its life; another key for
//! an issuer.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, IssuerId, IssuerProfile, Slug};
use crate::issuer::{IssuerError, Mandate, issuer_key_type};
use crate::store::{Page, StoreError};

/// Shows the signing keys of issuers and of the service, never a private half, and makes new ones.
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
    /// Give an issuer another key, which signs from then on: p256 for ES256 tokens
    #[command(after_help = "Example:\n  accolade keys add teaching-matters --type p256")]
    Add {
        /// The issuer, by its slug or its id
        issuer: String,
        /// What kind of key [possible values: ed25519, rsa, p256]
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
        /// As JSON, with the public key
        #[arg(long)]
        json: bool,
    },
}

impl Keys {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let (order, json) = match self.command {
            KeysCommand::List { json } => (Order::ListKeys, json),
            KeysCommand::Add { issuer, kind, json } => (Order::AddKey { issuer, kind }, json),
        };
        let keys = admin::ask(config, order)?;
        if json {
            print_json(&keys)?
        } else {
            print(&table(&keys))?
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A line for each key, or for the one.
fn table(keys: &Value) -> String {
    let mut lines = String::new();
    for key in keys.as_array().map_or(std::slice::from_ref(keys), Vec::as_slice) {
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
                rows.extend(ring.keys.iter().map(|key| owned(key.answer(&did), &issuer.slug)));
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
    }
    Ok(Value::Array(rows))
}

/// Another key for an issuer, by its slug or its id.
pub(super) async fn add(app: &App, issuer: &str, kind: &str) -> Outcome {
    let said = |error: IssuerError| error.to_string();
    let kind = issuer_key_type(kind).map_err(said)?;
    let (account, profile) = find(app, issuer).await?;
    let mandate = Mandate::of(&account, "cli");
    let done = app.issuer.add_key(&mandate, &profile.id, kind).await.map_err(said)?;
    Ok(owned(done.answer, &profile.slug))
}

async fn find(app: &App, issuer: &str) -> Result<(AccountId, IssuerProfile), String> {
    let said = |error: StoreError| error.to_string();
    let unknown = || format!("there is no issuer {issuer}");
    let (account, id) = if let Ok(slug) = Slug::parse(issuer) {
        app.store.issuer_by_slug(&slug).await.map_err(said)?.ok_or_else(unknown)?
    } else {
        let id = IssuerId::parse(issuer).map_err(|_| unknown())?;
        let account = app.store.owner_of(id.as_str()).await.map_err(said)?;
        (account.ok_or_else(unknown)?, id)
    };
    let found = app.store.issuer(&account, &id).await.map_err(said)?;
    Ok((account, found.ok_or_else(unknown)?.value))
}

/// The key as it is answered, with the slug of its issuer.
fn owned(mut key: Value, slug: &Slug) -> Value {
    if let Some(members) = key.as_object_mut() {
        members.insert("owner".to_owned(), json!(slug.as_str()));
    }
    key
}
