//! Rows that correct or renew an award: what they state takes the place of what the award says.

use serde_json::{Map, Value, json};

use super::outcome::{Refusal, refused_for};
use crate::domain::{
    Amend, Amendment, Assertion, AssertionId, BadgeClass, ReissueDraft, RenewDraft,
};
use crate::issuer::requirements::unmet_by;
use crate::issuer::{Done, Issuer, IssuerError, Mandate};
use crate::json as strict;
use crate::wire::rest;
use crate::wire::rows::Row;

/// What shall become of an award.
#[derive(Debug)]
pub(super) enum Amended {
    Renewed(Box<RenewDraft>),
    Reissued(Box<ReissueDraft>),
}

impl Amended {
    /// A renewal. Where the batch tells holders (`notify`) and the row says nothing of it, those are
    /// told whose address the row has.
    pub(super) fn renew(row: &Row, class: &BadgeClass, notify: bool) -> Result<Self, Refusal> {
        let mut draft = rest::renew_draft(&strict::Value::from(&Value::Object(stated(row, &[]))))
            .map_err(|problems| refused_for(row, problems))?;
        if notify && !row.body.contains_key("notify") {
            draft.notify = row.text("/recipient/email").is_some();
        }
        meets(row, &draft.amendment, class)?;
        Ok(Self::Renewed(Box::new(draft)))
    }

    /// A correction.
    pub(super) fn reissue(row: &Row, class: &BadgeClass) -> Result<Self, Refusal> {
        let mut body = stated(row, &["externalId", "visibility"]);
        if let Some(day) = body.remove("issuedOn") {
            body.insert("validFrom".to_owned(), day);
        }
        let draft = rest::reissue_draft(&strict::Value::from(&Value::Object(body)))
            .map_err(|problems| refused_for(row, problems))?;
        meets(row, &draft.amendment, class)?;
        Ok(Self::Reissued(Box::new(draft)))
    }

    /// The word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Renewed(_) => "issued",
            Self::Reissued(_) => "reissued",
        }
    }

    /// Carries it out.
    pub(super) async fn carry_out(
        self,
        issuer: &Issuer,
        mandate: &Mandate<'_>,
        id: &AssertionId,
    ) -> Result<Done<Assertion>, IssuerError> {
        match self {
            Self::Renewed(draft) => issuer.renew(mandate, id, *draft).await,
            Self::Reissued(draft) => issuer.reissue(mandate, id, *draft).await,
        }
    }
}

/// The body of a correction or a renewal.
fn stated(row: &Row, without: &[&str]) -> Map<String, Value> {
    let mut body = row.body.clone();
    body.retain(|member, _| !without.contains(&member.as_str()));
    if body.get("recipient").and_then(Value::as_object).is_some_and(Map::is_empty) {
        body.remove("recipient");
    }
    let reasons = [("reason", &row.facts.reason), ("publicReason", &row.facts.public_reason)];
    for (member, reason) in reasons {
        body.extend(reason.iter().map(|reason| (member.to_owned(), json!(reason))));
    }
    body
}

/// What is stated anew must meet the badge class; what stays did so before.
fn meets(row: &Row, amendment: &Amendment, class: &BadgeClass) -> Result<(), Refusal> {
    let (Amend::Set(results), Amend::Set(evidence)) = (&amendment.results, &amendment.evidence)
    else {
        return Ok(());
    };
    let problems = unmet_by(results, evidence, class);
    if problems.is_empty() { Ok(()) } else { Err(refused_for(row, problems)) }
}
