//! Gives out access tokens, replaces them and takes them back: the same for the API and for the
//! command line.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::problem::{Kind, Problem};
use super::token;
use crate::app::App;
use crate::domain::{AccountId, PersonRef, Problems, RotationDraft, TokenDraft, TokenId};
use crate::store::{AuditRow, Done, Mandate, Noted, StoreError, Token, Transaction, Versioned};

/// Why nothing was given out, replaced or taken back.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// There is no such token in this account.
    #[error("there is no such token")]
    NotFound,
    /// The token has ended, so that nothing can take its place.
    #[error("the token is expired or revoked; make a new one")]
    Ended,
    /// What was asked for cannot be, and why, place by place.
    #[error("{0}")]
    Invalid(#[from] Problems),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NotFound => Self::not_found(),
            GrantError::Ended => Self::new(Kind::Conflict, format!("{error}.")),
            GrantError::Invalid(problems) => problems.into(),
            GrantError::Store(StoreError::Taken { what: "idempotency key" }) => Self::new(
                Kind::IdempotencyInFlight,
                "Another request with this Idempotency-Key ended at the same moment.",
            ),
            GrantError::Store(error) => error.into(),
        }
    }
}

/// A token that was given out: its record, and once its secret.
pub type Given = Done<token::Token>;

/// Gives out a token. The answer has no secret in it: that is for whoever asked, and kept nowhere.
///
/// # Errors
/// [`GrantError::Invalid`] for an end that has passed, and what the store says.
pub async fn give(
    app: &App,
    mandate: &Mandate<'_>,
    draft: TokenDraft,
) -> Result<Given, GrantError> {
    let now = app.world.clock.now();
    in_future(draft.expires_at, now)?;
    let tx = app.store.begin(mandate.account);
    commit(app, tx, mandate, draft, Value::Null).await
}

/// Gives out a token in the place of one, which holds for a while yet.
///
/// # Errors
/// [`GrantError::NotFound`], [`GrantError::Ended`], [`GrantError::Invalid`] for an end that has
/// passed, and what the store says.
pub async fn rotate(
    app: &App,
    mandate: &Mandate<'_>,
    id: &TokenId,
    draft: RotationDraft,
) -> Result<Given, GrantError> {
    let now = app.world.clock.now();
    in_future(draft.expires_at, now)?;
    let former = find(app, mandate.account, id).await?;
    if state(&former.value, now) != "active" {
        return Err(GrantError::Ended);
    }
    let Token { label, scopes, role, person, expires_at, .. } = former.value.clone();
    let ends = now.checked_add(SignedDuration::from_secs(draft.overlap_seconds.into()));
    let ends = ends.unwrap_or(Timestamp::MAX);
    let ending =
        Token { expires_at: Some(expires_at.map_or(ends, |end| end.min(ends))), ..former.value };
    let mut tx = app.store.begin(mandate.account);
    tx.update_token(former.version, &ending);
    let expires_at = draft.expires_at.or(expires_at);
    let next = TokenDraft { label, scopes, role, person, expires_at };
    commit(app, tx, mandate, next, json!({ "former": id.as_str() })).await
}

/// Takes a token back; one that was taken back before stays as it is.
///
/// # Errors
/// [`GrantError::NotFound`], and what the store says.
pub async fn take_back(
    app: &App,
    mandate: &Mandate<'_>,
    id: &TokenId,
) -> Result<Done<Token>, GrantError> {
    let found = find(app, mandate.account, id).await?;
    let mut token = found.value;
    let used = app.store.token_used(mandate.account, id).await?;
    let now = app.world.clock.now();
    if token.revoked_at.is_none() {
        token.revoked_at = Some(app.world.clock.now_to_the_second());
        let answer = describe(mandate.account, &token, used, now);
        let mut tx = app.store.begin(mandate.account);
        tx.update_token(found.version, &token);
        let (subject, detail) = (id.as_str(), Value::Null);
        let noted = Noted { kind: "token.revoked", subject, answer: &answer, detail };
        tx.note_privately(mandate, &noted, now);
        tx.commit().await?;
    }
    let answer = describe(mandate.account, &token, used, now);
    Ok(Done { value: token, answer })
}

/// Notes in the audit trail that somebody with a role tried what the role does not allow.
///
/// # Errors
/// What the store says.
pub async fn note_refusal(
    app: &App,
    account: &AccountId,
    token: &Token,
    needed: &str,
    request: Option<&str>,
) -> Result<(), StoreError> {
    let mut tx = app.store.begin(account);
    tx.audit(&AuditRow {
        at: app.world.clock.now(),
        actor: token.id.as_str().to_owned(),
        action: "access.refused".to_owned(),
        subject: token.id.as_str().to_owned(),
        request: request.map(str::to_owned),
        detail: json!({ "role": token.role, "needed": needed }),
    });
    tx.commit().await.map(drop)
}

/// A token of an account.
///
/// # Errors
/// [`GrantError::NotFound`], and what the store says.
pub async fn find(
    app: &App,
    account: &AccountId,
    id: &TokenId,
) -> Result<Versioned<Token>, GrantError> {
    match app.store.find_token(id).await? {
        Some((owner, token)) if owner == *account => Ok(token),
        _ => Err(GrantError::NotFound),
    }
}

/// A token as the API and the command line show it; never its secret.
pub fn describe(
    account: &AccountId,
    token: &Token,
    used: Option<Timestamp>,
    now: Timestamp,
) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": token.id.as_str(),
        "account": account.as_str(),
        "label": token.label,
        "scopes": token.scopes,
        "role": token.role,
        "person": token.person.as_ref().map(PersonRef::as_str),
        "state": state(token, now),
        "createdAt": token.created_at.to_string(),
        "expiresAt": time(token.expires_at),
        "revokedAt": time(token.revoked_at),
        "lastUsedAt": time(used),
    })
}

fn state(token: &Token, now: Timestamp) -> &'static str {
    if token.revoked_at.is_some() {
        "revoked"
    } else if token.expires_at.is_some_and(|end| end <= now) {
        "expired"
    } else {
        "active"
    }
}

async fn commit(
    app: &App,
    mut tx: Transaction<'_>,
    mandate: &Mandate<'_>,
    draft: TokenDraft,
    detail: Value,
) -> Result<Given, GrantError> {
    let fresh = token::Token::random(&app.world.random);
    let record = Token {
        id: fresh.id.clone(),
        label: draft.label,
        secret_sha256: fresh.hash(),
        scopes: draft.scopes,
        role: draft.role,
        person: draft.person,
        created_at: app.world.clock.now_to_the_second(),
        expires_at: draft.expires_at,
        revoked_at: None,
    };
    let now = app.world.clock.now();
    let answer = describe(mandate.account, &record, None, now);
    tx.insert_token(&record);
    let kind = if detail.is_null() { "token.created" } else { "token.rotated" };
    let noted = Noted { kind, subject: record.id.as_str(), answer: &answer, detail };
    tx.note_privately(mandate, &noted, now);
    tx.commit().await?;
    Ok(Done { value: fresh, answer })
}

fn in_future(end: Option<Timestamp>, now: Timestamp) -> Result<(), Problems> {
    let mut problems = Problems::new();
    if end.is_some_and(|end| end <= now) {
        problems.add("/expiresAt", "out-of-order", "this time has passed");
    }
    problems.or(())
}
