//! `accolade tokens`: make, list and take back access tokens.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::admin::{self, Order, Outcome};
use super::{CliError, print, print_json, say, start};
use crate::api::{scope, token};
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, TokenId, parse_instant};
use crate::store::{Page, Store, StoreError, Token};

/// Makes, lists and takes back the tokens that platforms call the API with.
#[derive(Debug, Args)]
pub(super) struct Tokens {
    #[command(subcommand)]
    command: TokensCommand,
}

#[derive(Debug, Subcommand)]
enum TokensCommand {
    /// Make a token; it is shown once
    #[command(after_help = "Example:\n  \
        accolade tokens create --label gradebook --scope assertions:write --scope assertions:read")]
    Create {
        /// What the token is for
        #[arg(long, default_value = "token")]
        label: String,
        /// A scope; give several times. All of them when not given [possible values: issuers:write,
        /// badges:write, assertions:write, assertions:read, status:write, verify, admin]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// The account it belongs to, acct_…; the first one when not given, made if there is none
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// When it ends (RFC 3339)
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the tokens
    #[command(after_help = "Example:\n  accolade tokens list --json")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a token back
    #[command(after_help = "Example:\n  accolade tokens revoke tok_0123456789ABCDEFGHIJKL")]
    Revoke {
        /// Its id, tok_…
        id: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// A token to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NewToken {
    label: String,
    scopes: Vec<String>,
    account: Option<String>,
    expires: Option<String>,
}

impl NewToken {
    /// One for who tries the demo: it may do everything, for thirty days.
    pub(super) fn for_demo(now: Timestamp) -> Self {
        let end = now.checked_add(SignedDuration::from_hours(30 * 24)).ok();
        Self {
            label: "demo".to_owned(),
            scopes: Vec::new(),
            account: None,
            expires: end.map(|end| end.to_string()),
        }
    }
}

impl Tokens {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        match self.command {
            TokensCommand::Create { label, scopes, account, expires, json } => {
                let new = NewToken { label, scopes, account, expires };
                let made = &admin::ask(config, Order::CreateToken(new))?;
                if json {
                    print_json(made)?;
                } else {
                    print(made["token"].as_str().unwrap_or_default())?;
                    say("Keep it now: it is not shown again.");
                }
            }
            TokensCommand::List { json } => {
                let tokens = admin::ask(config, Order::ListTokens)?;
                if json { print_json(&tokens)? } else { print(&table(&tokens))? }
            }
            TokensCommand::Revoke { id, json } => {
                let revoked = &admin::ask(config, Order::RevokeToken { id })?;
                if json {
                    print_json(revoked)?;
                } else {
                    say(format_args!("{} is revoked.", revoked["id"].as_str().unwrap_or_default()));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(tokens: &Value) -> String {
    let rows = tokens.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut lines = String::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        let scopes: Vec<&str> =
            row["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let state = match (row["revokedAt"].as_str(), row["expiresAt"].as_str()) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(end)) => format!("until {end}"),
            (None, None) => "valid".to_owned(),
        };
        let (id, account, label) = (text("id"), text("account"), text("label"));
        lines += &format!("{id}  {account}  {state}  {}  {label}\n", scopes.join(","));
    }
    if lines.is_empty() { "There is no token yet.\n".to_owned() } else { lines }
}

/// Makes a token; the answer holds it, once.
pub(super) async fn make(app: &App, new: NewToken) -> Outcome {
    for scope in &new.scopes {
        if !scope::ALL.contains(&scope.as_str()) {
            return Err(format!("there is no scope {scope:?}: {}", scope::ALL.join(", ")));
        }
    }
    let scopes = match new.scopes {
        none if none.is_empty() => vec![<scope::Admin as scope::Scope>::NAME.to_owned()],
        some => some,
    };
    let expires_at = new.expires.as_deref().map(parse_instant).transpose();
    let expires_at = expires_at.map_err(|invalid| format!("--expires: {invalid}"))?;
    let account = account(app, new.account.as_deref()).await?;
    let fresh = token::Token::random(&app.world.random);
    let record = Token {
        id: fresh.id.clone(),
        label: new.label,
        secret_sha256: fresh.hash(),
        scopes,
        created_at: app.world.clock.now_to_the_second(),
        expires_at,
        revoked_at: None,
    };
    let mut transaction = app.store.begin(&account);
    transaction.insert_token(&record);
    transaction.commit().await.map_err(|error| error.to_string())?;
    let mut shown = describe(&account, &record, None);
    if let Some(members) = shown.as_object_mut() {
        members.insert("token".to_owned(), fresh.reveal().as_str().into());
    }
    Ok(shown)
}

/// The account that is named, or the first one, made if there is none.
pub(super) async fn account(app: &App, named: Option<&str>) -> Result<AccountId, String> {
    let said = |error: StoreError| error.to_string();
    if let Some(named) = named {
        let id = AccountId::parse(named).map_err(|invalid| invalid.to_string())?;
        let found = app.store.account(&id).await.map_err(said)?;
        return found.map(|_| id).ok_or_else(|| format!("there is no account {named}"));
    }
    first_account(app).await.map_err(said)
}

/// The first account, made if there is none.
pub(super) async fn first_account(app: &App) -> Result<AccountId, StoreError> {
    if let Some(first) = app.store.accounts(&Page::first(1)).await?.items.pop() {
        return Ok(first.id);
    }
    let id = AccountId::random(&app.world.random);
    let mut transaction = app.store.begin(&id);
    transaction.insert_account("default", app.world.clock.now_to_the_second());
    transaction.commit().await?;
    Ok(id)
}

/// All tokens of all accounts.
pub(super) async fn list(app: &App) -> Outcome {
    let all = async {
        let mut shown = Vec::new();
        for account in all_accounts(&app.store).await? {
            let mut page = Page::first(200);
            loop {
                let found = app.store.tokens(&account, &page).await?;
                let row = |(token, used): &(_, _)| {
                    let token: &crate::store::Versioned<Token> = token;
                    describe(&account, &token.value, *used)
                };
                shown.extend(found.items.iter().map(row));
                match found.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
        }
        Ok::<_, StoreError>(Value::Array(shown))
    };
    all.await.map_err(|error| error.to_string())
}

/// All accounts.
pub(super) async fn all_accounts(store: &Store) -> Result<Vec<AccountId>, StoreError> {
    let mut ids = Vec::new();
    let mut page = Page::first(200);
    loop {
        let found = store.accounts(&page).await?;
        ids.extend(found.items.into_iter().map(|account| account.id));
        match found.next {
            Some(next) => page.after = Some(next),
            None => return Ok(ids),
        }
    }
}

/// Takes a token back; one that was taken back before stays as it is.
pub(super) async fn revoke(app: &App, id: &str) -> Outcome {
    let said = |error: StoreError| error.to_string();
    let id = TokenId::parse(id).map_err(|invalid| invalid.to_string())?;
    let found = app.store.find_token(&id).await.map_err(said)?;
    let (account, mut token) = found.ok_or_else(|| format!("there is no token {id}"))?;
    if token.value.revoked_at.is_none() {
        token.value.revoked_at = Some(app.world.clock.now_to_the_second());
        let mut transaction = app.store.begin(&account);
        transaction.update_token(token.version, &token.value);
        transaction.commit().await.map_err(said)?;
    }
    Ok(describe(&account, &token.value, None))
}

fn describe(account: &AccountId, token: &Token, used: Option<Timestamp>) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": token.id.as_str(),
        "account": account.as_str(),
        "label": token.label,
        "scopes": token.scopes,
        "createdAt": token.created_at.to_string(),
        "expiresAt": time(token.expires_at),
        "revokedAt": time(token.revoked_at),
        "lastUsedAt": time(used),
    })
}
