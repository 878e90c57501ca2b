//! What happened before a row: the rows above it, earlier batches, awards.

use std::collections::HashMap;

use super::sheet::Sheet;
use crate::domain::{AccountId, AssertionId, BadgeClassId, BatchId};
use crate::issuer::IssuerError;
use crate::store::{RowKey, Store};
use crate::wire::rows::Row;

/// What makes a row this row, kept apart from the row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum OwnKey {
    ExternalId(String),
    Content([u8; 32]),
}

impl OwnKey {
    /// The key of a row: its external id, or where it has none, all that it says.
    pub(super) fn of(row: &Row) -> Self {
        match row.text("/externalId") {
            Some(id) => Self::ExternalId(id.trim().to_owned()),
            None => Self::Content(row.content),
        }
    }

    pub(super) fn as_key(&self) -> RowKey<'_> {
        match self {
            Self::ExternalId(id) => RowKey::ExternalId(id),
            Self::Content(content) => RowKey::Content(content),
        }
    }
}

/// The row that came first.
#[derive(Clone, Debug)]
pub(super) struct First {
    pub(super) batch: Option<BatchId>,
    pub(super) row: u32,
    pub(super) content: [u8; 32],
    pub(super) assertion: Option<AssertionId>,
}

/// The row that another refers to.
#[derive(Clone, Debug)]
pub(super) struct Referred {
    /// Its award; in a dry run there is none yet.
    pub(super) assertion: Option<AssertionId>,
    pub(super) person: Option<String>,
    /// `None` where the award itself says it.
    pub(super) class: Option<BadgeClassId>,
}

/// Where rows that had their turn are looked up.
pub(super) enum Past {
    /// In the store: the rows of this batch before the one at hand are settled there.
    Kept { batch: BatchId },
    /// In memory, and of earlier batches in the store: nothing is written.
    Dry(Dry),
}

/// The rows of a dry run.
#[derive(Default)]
pub(super) struct Dry {
    seen: HashMap<OwnKey, (u32, [u8; 32])>,
    named: HashMap<String, Referred>,
}

impl Past {
    /// The row that had its turn under this key.
    pub(super) async fn first(
        &self,
        store: &Store,
        account: &AccountId,
        key: &OwnKey,
    ) -> Result<Option<First>, IssuerError> {
        if let Self::Dry(dry) = self
            && let Some((row, content)) = dry.seen.get(key)
        {
            return Ok(Some(First { batch: None, row: *row, content: *content, assertion: None }));
        }
        let seen = store.seen_row(account, key.as_key()).await?;
        Ok(seen.map(|seen| First {
            batch: Some(seen.batch),
            row: seen.row,
            content: seen.content,
            assertion: seen.assertion,
        }))
    }

    /// The row before row `before` that is called `name`, if an award came of it.
    pub(super) async fn referred(
        &self,
        store: &Store,
        account: &AccountId,
        sheet: &Sheet,
        name: &str,
        before: u32,
    ) -> Result<Option<Referred>, IssuerError> {
        let batch = match self {
            Self::Dry(dry) => return Ok(dry.named.get(name).cloned()),
            Self::Kept { batch } => batch,
        };
        let Some(number) = store.named_row(account, batch, name, before).await? else {
            return Ok(None);
        };
        let Some(outcome) = store.row_outcome(account, batch, number).await? else {
            return Ok(None);
        };
        // A row that an earlier batch carried out is that row; a copy within this batch is another.
        let earlier = outcome.outcome == "duplicate"
            && outcome.first.as_ref().is_some_and(|(first, _)| first != batch);
        let carried = outcome.outcome.starts_with("issued") || outcome.outcome == "reissued";
        if !(carried || earlier) {
            return Ok(None);
        }
        let rows = store.batch_rows(account, batch, number - 1, 1).await?;
        let row = rows.first().filter(|(found, _)| *found == number);
        let person =
            row.and_then(|(_, row)| sheet.row(&row.bytes).ok()).and_then(|row| person(&row));
        let assertion = outcome.assertion;
        Ok(assertion.map(|id| Referred { assertion: Some(id), person, class: None }))
    }

    /// Notes in a dry run what became of a row.
    pub(super) fn note(
        &mut self,
        number: u32,
        row: &Row,
        key: Option<OwnKey>,
        award: Option<Referred>,
    ) {
        let Self::Dry(dry) = self else { return };
        if let Some(key) = key {
            dry.seen.entry(key).or_insert((number, row.content));
        }
        if let (Some(name), Some(award)) = (&row.facts.row_id, award) {
            dry.named.insert(name.clone(), award);
        }
    }
}

/// What tells the person of a row apart: the identifier that the platform gives, or else what she is
/// known by.
pub(super) fn person(row: &Row) -> Option<String> {
    if let Some(id) = &row.facts.person {
        return Some(format!("id {id}"));
    }
    let places = ["/recipient/email", "/recipient/did", "/recipient/url", "/recipient/telephone"];
    places.iter().find_map(|place| {
        let value = row.text(place)?.trim().to_lowercase();
        Some(format!("{place} {value}"))
    })
}
