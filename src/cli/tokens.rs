//! `accolade tokens`: make, list, rotate and take back access tokens.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::admin::{self, Order, Outcome};
use super::{CliError, accounts, print, print_json, say, start};
use crate::api::grants::{self, Given, GrantError};
use crate::api::scope;
use crate::app::App;
use crate::config::Flags;
use crate::domain::{AccountId, PersonRef, RotationDraft, TokenDraft, TokenId, parse_instant};
use crate::store::{Mandate, Page, Store, StoreError, Token};

/// Makes, lists, rotates and takes back the tokens that platforms call the API with.
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
        /// badges:draft, badges:write, assertions:write, assertions:read, status:write, verify,
        /// admin]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// What a person does in a programme, in the place of scopes [possible values: author,
        /// reviewer, assessor, approver, registrar]
        #[arg(long, value_name = "ROLE", conflicts_with = "scopes")]
        role: Option<String>,
        /// Your own reference of that person, such as staff-17; not a name or an address
        #[arg(long, value_name = "REF")]
        person: Option<String>,
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
    /// List the tokens, with when each was last used
    #[command(after_help = "Example:\n  accolade tokens list --json")]
    List {
        /// Of this account only, acct_…
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a token in the place of one, which holds for a while yet; it is shown once
    #[command(after_help = "Example:\n  \
        accolade tokens rotate tok_0123456789ABCDEFGHIJKL --overlap 2h")]
    Rotate {
        /// Its id, tok_…
        id: String,
        /// How long the former one still holds: 90s, 30m, 2h or 7d [default: 1d]
        #[arg(long, value_name = "TIME")]
        overlap: Option<String>,
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
    role: Option<String>,
    person: Option<String>,
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
            role: None,
            person: None,
            account: None,
            expires: end.map(|end| end.to_string()),
        }
    }
}

impl Tokens {
    pub(super) fn run(self, flags: &Flags) -> Result<ExitCode, CliError> {
        let config = start(flags)?;
        match self.command {
            TokensCommand::Create { label, scopes, role, person, account, expires, json } => {
                let new = NewToken { label, scopes, role, person, account, expires };
                shown_once(&admin::ask(config, Order::CreateToken(new))?, json)?;
            }
            TokensCommand::Rotate { id, overlap, json } => {
                shown_once(&admin::ask(config, Order::RotateToken { id, overlap })?, json)?;
            }
            TokensCommand::List { account, json } => {
                let tokens = admin::ask(config, Order::ListTokens { account })?;
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

fn shown_once(made: &Value, json: bool) -> Result<(), CliError> {
    if json {
        return print_json(made);
    }
    print(made["token"].as_str().unwrap_or_default())?;
    say("Keep it now: it is not shown again.");
    Ok(())
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
        let used = row["lastUsedAt"]
            .as_str()
            .map_or_else(|| "never used".to_owned(), |at| format!("used {at}"));
        let who = match (row["role"].as_str(), row["person"].as_str()) {
            (None, None) => String::new(),
            (role, person) => {
                let named = [role, person].into_iter().flatten().collect::<Vec<_>>();
                format!("  ({})", named.join(" "))
            }
        };
        let scopes = scopes.join(",");
        lines += &format!("{id}  {account}  {state}  {used}  {scopes}  {label}{who}\n");
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
    let scopes = match (&new.role, new.scopes) {
        (Some(role), _) => scope::of_role(role).ok_or_else(|| {
            let roles: Vec<&str> = scope::ROLES.iter().map(|(role, _)| *role).collect();
            format!("there is no role {role:?}: {}", roles.join(", "))
        })?,
        (None, none) if none.is_empty() => {
            vec![<scope::Admin as scope::Scope>::NAME.to_owned()]
        }
        (None, some) => some,
    };
    let person = new.person.as_deref().map(PersonRef::parse).transpose();
    let person = person.map_err(|invalid| format!("--person: {invalid}"))?;
    let expires_at = new.expires.as_deref().map(parse_instant).transpose();
    let expires_at = expires_at.map_err(|invalid| format!("--expires: {invalid}"))?;
    let account = account(app, new.account.as_deref()).await?;
    let draft = TokenDraft { label: new.label, scopes, role: new.role, person, expires_at };
    revealed(grants::give(app, &Mandate::of(&account, "cli"), draft).await)
}

/// Makes a token in the place of one; the answer holds it, once.
pub(super) async fn rotate(app: &App, id: &str, overlap: Option<&str>) -> Outcome {
    let overlap_seconds = overlap.map_or(Ok(24 * 3600), seconds)?;
    let (account, id) = owned(app, id).await?;
    let draft = RotationDraft { overlap_seconds, expires_at: None };
    revealed(grants::rotate(app, &Mandate::of(&account, "cli"), &id, draft).await)
}

fn revealed(given: Result<Given, GrantError>) -> Outcome {
    let given = given.map_err(|error| error.to_string())?;
    let mut shown = given.answer;
    if let Some(members) = shown.as_object_mut() {
        members.insert("token".to_owned(), given.value.reveal().as_str().into());
    }
    Ok(shown)
}

/// Seconds of a time such as `90s`, `30m`, `2h` or `7d`; thirty days at most.
fn seconds(text: &str) -> Result<u32, String> {
    let unit = |unit: char| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(24 * 3600),
        _ => None,
    };
    let read = || {
        let unit = text.chars().next_back().and_then(unit)?;
        let number: u32 = text.get(..text.len() - 1)?.parse().ok()?;
        number.checked_mul(unit).filter(|seconds| *seconds <= 30 * 24 * 3600)
    };
    read().ok_or_else(|| format!("--overlap: {text:?} is no time such as 2h, or above 30d"))
}

/// A token's account and id.
async fn owned(app: &App, id: &str) -> Result<(AccountId, TokenId), String> {
    let id = TokenId::parse(id).map_err(|invalid| invalid.to_string())?;
    let found = app.store.find_token(&id).await.map_err(|error| error.to_string())?;
    let (account, _) = found.ok_or_else(|| format!("there is no token {id}"))?;
    Ok((account, id))
}

/// The account that is named, or the first one, made if there is none.
pub(super) async fn account(app: &App, named: Option<&str>) -> Result<AccountId, String> {
    match named {
        Some(_) => known_account(app, named).await,
        None => first_account(app).await.map_err(|error| error.to_string()),
    }
}

/// The account that is named, or the first one.
pub(super) async fn known_account(app: &App, named: Option<&str>) -> Result<AccountId, String> {
    let said = |error: StoreError| error.to_string();
    let Some(named) = named else {
        let first = app.store.accounts(&Page::first(1)).await.map_err(said)?.items.pop();
        return first.map(|account| account.id).ok_or_else(|| "there is no account yet".to_owned());
    };
    let id = AccountId::parse(named).map_err(|invalid| invalid.to_string())?;
    let found = app.store.account(&id).await.map_err(said)?;
    found.map(|_| id).ok_or_else(|| format!("there is no account {named}"))
}

/// The first account, made if there is none.
pub(super) async fn first_account(app: &App) -> Result<AccountId, StoreError> {
    if let Some(first) = app.store.accounts(&Page::first(1)).await?.items.pop() {
        return Ok(first.id);
    }
    let id = AccountId::random(&app.world.random);
    Ok(accounts::make(app, id, "default").await?.id)
}

/// All tokens of one account, or of all.
pub(super) async fn list(app: &App, account: Option<&str>) -> Outcome {
    let accounts = match account {
        Some(_) => vec![known_account(app, account).await?],
        None => all_accounts(&app.store).await.map_err(|error| error.to_string())?,
    };
    let now = app.world.clock.now();
    let all = async {
        let mut shown = Vec::new();
        for account in accounts {
            let mut page = Page::first(200);
            loop {
                let found = app.store.tokens(&account, &page).await?;
                let row = |(token, used): &(_, _)| {
                    let token: &crate::store::Versioned<Token> = token;
                    grants::describe(&account, &token.value, *used, now)
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
    let (account, id) = owned(app, id).await?;
    let done = grants::take_back(app, &Mandate::of(&account, "cli"), &id).await;
    done.map(|done| done.answer).map_err(|error| error.to_string())
}
