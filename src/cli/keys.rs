//! `accolade keys`: which keys there are, whose, and where each stands in its life; another key for
//! an issuer, one that signs no more, and signing its awards anew.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, IssuerId, IssuerProfile, KeyId, Slug, parse_instant};
use crate::issuer::{IssuerError, KeyTurn, Mandate, issuer_key_type};
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
    /// Let a key sign no more; what it signed goes on to verify. Needs another of its kind that signs
    #[command(after_help = "Example:\n  \
        accolade keys add teaching-matters --type rsa\n  \
        accolade keys retire teaching-matters 2 --reason \"yearly rotation\"")]
    Retire {
        #[command(flatten)]
        key: WhichKey,
        /// Why, for the audit rows
        #[arg(long)]
        reason: String,
        /// As JSON, with the public key
        #[arg(long)]
        json: bool,
    },
    /// Say that others may have a key: verifiers refuse all it signed. The issuer gets another one if
    /// it has none of its kind; then sign the awards anew with `keys resign`
    #[command(after_help = "Example:\n  \
        accolade keys compromise teaching-matters 1 --reason \"laptop stolen\" --since 2026-05-01\n  \
        accolade keys resign teaching-matters 1")]
    Compromise {
        #[command(flatten)]
        key: WhichKey,
        /// Why, for the audit rows
        #[arg(long)]
        reason: String,
        /// Since when others may have had it (RFC 3339 or a date); now when not given
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// As JSON, with the public key
        #[arg(long)]
        json: bool,
    },
    /// List the awards that a key has signed, and which forms still stand with its signature
    #[command(
        after_help = "Example:\n  accolade keys awards teaching-matters 1 --limit 1000 --json"
    )]
    Awards {
        #[command(flatten)]
        key: WhichKey,
        /// Most awards
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// Where the page before ended
        #[arg(long)]
        cursor: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign anew every award that a retired or compromised key signed. May be stopped and begun again
    #[command(after_help = "Example:\n  accolade keys resign teaching-matters 1")]
    Resign {
        #[command(flatten)]
        key: WhichKey,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// A key of an issuer.
#[derive(Debug, Args)]
struct WhichKey {
    /// The issuer, by its slug or its id
    issuer: String,
    /// The key, by its number or its id
    key: String,
}

/// What shall become of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Turn {
    issuer: String,
    key: String,
    reason: String,
    /// Whether it is compromised, not retired.
    compromise: bool,
    since: Option<String>,
}

impl Keys {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let turned = |key: WhichKey, reason, compromise, since| {
            let WhichKey { issuer, key } = key;
            Order::TurnKey(Turn { issuer, key, reason, compromise, since })
        };
        let (order, json, show): (_, _, fn(&Value) -> String) = match self.command {
            KeysCommand::List { json } => (Order::ListKeys, json, table),
            KeysCommand::Add { issuer, kind, json } => {
                (Order::AddKey { issuer, kind }, json, table)
            }
            KeysCommand::Retire { key, reason, json } => {
                (turned(key, reason, false, None), json, table)
            }
            KeysCommand::Compromise { key, reason, since, json } => {
                (turned(key, reason, true, since), json, table)
            }
            KeysCommand::Awards { key: WhichKey { issuer, key }, limit, cursor, json } => {
                let limit = usize::try_from(limit).unwrap_or(1);
                (Order::TouchedByKey { issuer, key, limit, cursor }, json, awards)
            }
            KeysCommand::Resign { key: WhichKey { issuer, key }, json } => {
                (Order::ResignKey { issuer, key }, json, resigned)
            }
        };
        let answer = admin::ask(config, order)?;
        if json {
            print_json(&answer)?
        } else {
            print(&show(&answer))?
        }
        let failed = answer.get("failed").and_then(Value::as_array);
        let failed = failed.is_some_and(|failed| !failed.is_empty());
        Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

/// A line for each award that a key touched.
fn awards(page: &Value) -> String {
    let mut lines = String::new();
    for award in page["data"].as_array().into_iter().flatten() {
        let forms: Vec<&str> =
            award["forms"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let standing = if forms.is_empty() { "signed anew".to_owned() } else { forms.join(",") };
        let text = |name: &str| award[name].as_str().unwrap_or("-").to_owned();
        lines += &format!("{}  {:<12}  {standing}\n", text("id"), text("state"));
    }
    if let Some(next) = page["nextCursor"].as_str() {
        lines += &format!("more: --cursor {next}\n");
    }
    if lines.is_empty() { "It has signed no award.\n".to_owned() } else { lines }
}

fn resigned(answer: &Value) -> String {
    let mut lines = format!("{} awards were signed anew.\n", answer["resigned"]);
    for failed in answer["failed"].as_array().into_iter().flatten() {
        let text = |name: &str| failed[name].as_str().unwrap_or("-").to_owned();
        lines += &format!("{}  {}\n", text("id"), text("detail"));
    }
    lines
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

/// Retires a key, or says that it is compromised.
pub(super) async fn turn(app: &App, turn: &Turn) -> Outcome {
    let (account, profile, key) = find_key(app, &turn.issuer, &turn.key).await?;
    let since = turn.since.as_deref().map(parse_instant).transpose();
    let since = since.map_err(|invalid| format!("--since: {invalid}"))?;
    let what = if turn.compromise { KeyTurn::Compromise(since) } else { KeyTurn::Retire };
    let mandate = Mandate::of(&account, "cli");
    let done = app.issuer.turn_key(&mandate, &profile.id, &key, &what, &turn.reason).await;
    Ok(owned(done.map_err(|error| error.to_string())?.answer, &profile.slug))
}

/// The awards that a key has signed.
pub(super) async fn touched(app: &App, issuer: &str, key: &str, page: Page) -> Outcome {
    let (account, profile, key) = find_key(app, issuer, key).await?;
    let found = app.issuer.touched(&account, &profile.id, &key, &page).await;
    let found = found.map_err(|error| error.to_string())?;
    let now = app.world.clock.now();
    let data: Vec<Value> = found.items.iter().map(|one| one.answer(&app.urls, now)).collect();
    Ok(json!({ "data": data, "nextCursor": found.next }))
}

/// Awards that are signed anew between two signs of life.
const RESIGNED_AT_ONCE: usize = 50;

/// Signs anew all that a key signed, with a moving line where somebody watches.
pub(super) async fn resign(app: &App, issuer: &str, key: &str) -> Outcome {
    let (account, profile, key) = find_key(app, issuer, key).await?;
    let mandate = Mandate::of(&account, "cli");
    let line = ProgressBar::new_spinner();
    let (mut count, mut failed) = (0_u64, Vec::new());
    let mut page = Page::first(RESIGNED_AT_ONCE);
    loop {
        let done = app.issuer.resign(&mandate, &profile.id, &key, &page).await;
        let done = done.map_err(|error| format!("{error} ({count} awards were signed anew)"))?;
        count = count.saturating_add(u64::try_from(done.resigned.len()).unwrap_or(0));
        line.set_position(count);
        failed.extend(
            done.failed.iter().map(|(id, why)| json!({ "id": id.as_str(), "detail": why })),
        );
        match done.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    line.finish_and_clear();
    Ok(json!({ "resigned": count, "failed": failed }))
}

async fn find_key(
    app: &App,
    issuer: &str,
    key: &str,
) -> Result<(AccountId, IssuerProfile, KeyId), String> {
    let (account, profile) = find(app, issuer).await?;
    let ring = app.issuer.key_ring(&account, &profile.id).await;
    let ring = ring.map_err(|error| error.to_string())?;
    let number = key.parse::<u32>().ok();
    let found = ring.keys.iter().find(|kept| {
        kept.record.id.as_str() == key || number.is_some_and(|n| kept.record.number == n)
    });
    let found = found.ok_or_else(|| format!("{} has no key {key}", profile.slug))?;
    Ok((account, profile, found.record.id.clone()))
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
