//! `accolade accounts`: the accounts of platforms, apart from each other in data and keys.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, start, tokens};
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, bounded};
use crate::store::{Account, Mandate, Noted, Page, StoreError};

/// Most characters of a name.
const NAME_LENGTH: usize = 300;

/// Makes, lists and renames accounts. Each has its own issuers, keys, awards, tokens and webhooks, and sees
/// nothing of another.
#[derive(Debug, Args)]
pub(super) struct Accounts {
    #[command(subcommand)]
    command: AccountsCommand,
}

#[derive(Debug, Subcommand)]
enum AccountsCommand {
    /// Make an account
    #[command(after_help = "Example:\n  accolade accounts create \"Riverside Schools\"")]
    Create {
        /// What people call it
        name: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the accounts
    #[command(after_help = "Example:\n  accolade accounts list --json")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show an account with its issuers and how many tokens it has
    #[command(after_help = "Example:\n  accolade accounts show acct_0123456789ABCDEFGHIJKL")]
    Show {
        /// Its id, acct_…
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Call an account something else
    #[command(
        after_help = "Example:\n  accolade accounts rename acct_0123456789ABCDEFGHIJKL Lakeside"
    )]
    Rename {
        /// Its id, acct_…
        id: String,
        /// What people call it from now on
        name: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Accounts {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        let (order, json) = match self.command {
            AccountsCommand::Create { name, json } => (Order::CreateAccount { name }, json),
            AccountsCommand::List { json } => (Order::ListAccounts, json),
            AccountsCommand::Show { id, json } => (Order::ShowAccount { id }, json),
            AccountsCommand::Rename { id, name, json } => (Order::RenameAccount { id, name }, json),
        };
        let shown = admin::ask(config, order)?;
        if json {
            print_json(&shown)?
        } else {
            print(&table(&shown))?
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A line for each account, or for the one.
fn table(shown: &Value) -> String {
    let mut lines = String::new();
    for account in shown.as_array().map_or(std::slice::from_ref(shown), Vec::as_slice) {
        let text = |name: &str| account[name].as_str().unwrap_or("-").to_owned();
        lines += &format!("{}  {}  {}\n", text("id"), text("createdAt"), text("name"));
        for issuer in account["issuers"].as_array().into_iter().flatten() {
            let text = |name: &str| issuer[name].as_str().unwrap_or("-").to_owned();
            lines += &format!("  issuer  {}  {}  {}\n", text("id"), text("slug"), text("name"));
        }
        if let Some(tokens) = account["tokens"].as_u64() {
            lines += &format!("  tokens  {tokens}\n");
        }
    }
    if lines.is_empty() { "There is no account yet.\n".to_owned() } else { lines }
}

/// Makes an account.
pub(super) async fn create(app: &App, name: &str) -> Outcome {
    let name = bounded(name, NAME_LENGTH).map_err(|invalid| format!("the name {invalid}"))?;
    let id = AccountId::random(&app.world.random);
    let account = make(app, id, &name).await.map_err(|error| error.to_string())?;
    Ok(describe(&account))
}

/// Makes the account with this id.
pub(super) async fn make(app: &App, id: AccountId, name: &str) -> Result<Account, StoreError> {
    let now = app.world.clock.now_to_the_second();
    let account = Account { id: id.clone(), name: name.to_owned(), created_at: now };
    let mut tx = app.store.begin(&id);
    tx.insert_account(name, now);
    let answer = describe(&account);
    let (subject, detail) = (id.as_str(), Value::Null);
    let noted = Noted { kind: "account.created", subject, answer: &answer, detail };
    tx.note_privately(&Mandate::of(&id, "cli"), &noted, now);
    tx.commit().await?;
    Ok(account)
}

/// All accounts.
pub(super) async fn list(app: &App) -> Outcome {
    let mut accounts = Vec::new();
    for id in tokens::all_accounts(&app.store).await.map_err(|error| error.to_string())? {
        let found = app.store.account(&id).await.map_err(|error| error.to_string())?;
        accounts.extend(found.map(|account| describe(&account.value)));
    }
    Ok(Value::Array(accounts))
}

/// An account with what belongs to it.
pub(super) async fn show(app: &App, id: &str) -> Outcome {
    let said = |error: StoreError| error.to_string();
    let id = tokens::known_account(app, Some(id)).await?;
    let account = app.store.account(&id).await.map_err(said)?;
    let mut shown = account.map_or(Value::Null, |account| describe(&account.value));
    let mut issuers = Vec::new();
    let mut page = Page::first(200);
    loop {
        let found = app.store.issuers(&id, &page).await.map_err(said)?;
        issuers.extend(found.items.iter().map(|issuer| {
            let issuer = &issuer.value;
            json!({ "id": issuer.id.as_str(), "slug": issuer.slug.as_str(), "name": issuer.name })
        }));
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let (mut tokens, mut page) = (0, Page::first(200));
    loop {
        let found = app.store.tokens(&id, &page).await.map_err(said)?;
        tokens += found.items.len();
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    if let Some(members) = shown.as_object_mut() {
        members.insert("issuers".to_owned(), issuers.into());
        members.insert("tokens".to_owned(), tokens.into());
    }
    Ok(shown)
}

/// Calls an account something else.
pub(super) async fn rename(app: &App, id: &str, name: &str) -> Outcome {
    let said = |error: StoreError| error.to_string();
    let name = bounded(name, NAME_LENGTH).map_err(|invalid| format!("the name {invalid}"))?;
    let id = tokens::known_account(app, Some(id)).await?;
    let found = app.store.account(&id).await.map_err(said)?;
    let found = found.ok_or_else(|| format!("there is no account {id}"))?;
    let account = Account { name, ..found.value };
    let answer = describe(&account);
    let mut tx = app.store.begin(&id);
    tx.update_account(found.version, &account);
    let (subject, detail) = (id.as_str(), Value::Null);
    let noted = Noted { kind: "account.renamed", subject, answer: &answer, detail };
    tx.note_privately(&Mandate::of(&id, "cli"), &noted, app.world.clock.now());
    tx.commit().await.map_err(said)?;
    Ok(answer)
}

fn describe(account: &Account) -> Value {
    json!({
        "id": account.id.as_str(),
        "name": account.name,
        "createdAt": account.created_at.to_string(),
    })
}
