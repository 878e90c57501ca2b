//! Judges a row: what is to be done for it, or why nothing is. The first check that fails names the
//! outcome.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::amend::Amended;
use super::dates::dates;
use super::evidence::{genres, withhold};
use super::names::{Names, shown};
use super::outcome::{Refusal, outcome, refused, refused_for};
use super::past::{OwnKey, Past, Referred, person};
use super::rubric::{attempt, criteria, hours};
use super::sheet::Sheet;
use crate::domain::{
    AccountId, AssertionDraft, AssertionId, BadgeClass, BadgeClassId, BatchId, ChangeDraft, Email,
};
use crate::issuer::notice::has_address;
use crate::issuer::requirements::unmet;
use crate::issuer::{Issuer, IssuerError};
use crate::json as strict;
use crate::store::RowOutcome;
use crate::wire::rest;
use crate::wire::rows::{Action, Row};

/// Badge classes that are remembered.
const REMEMBERED: usize = 256;

/// What is to be done for a row.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing more.
    Over(RowOutcome),
    Issue(Box<AssertionDraft>),
    Amend(Option<AssertionId>, Amended),
    Revoke(Option<AssertionId>, ChangeDraft),
}

/// A row that was judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// Whether evidence is withheld.
    pub(super) withheld: bool,
    /// Under what it is known from now on, if it has had its turn.
    pub(super) key: Option<OwnKey>,
    /// For rows that refer to it.
    pub(super) award: Option<Referred>,
}

/// Judges the rows of one batch.
pub(super) struct Judge {
    issuer: Issuer,
    account: AccountId,
    as_of: Date,
    may_revoke: bool,
    /// Whether holders are told whose rows say nothing of that.
    notify: bool,
    names: Names,
    classes: HashMap<BadgeClassId, Arc<BadgeClass>>,
}

/// Why a row goes no further.
enum Stop {
    Refused(Refusal),
    Duplicate(Box<RowOutcome>),
    Failed(IssuerError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<IssuerError> for Stop {
    fn from(error: IssuerError) -> Self {
        Self::Failed(error)
    }
}

impl Judge {
    pub(super) async fn new(
        issuer: &Issuer,
        account: &AccountId,
        as_of: Date,
        may_revoke: bool,
        notify: bool,
    ) -> Result<Self, IssuerError> {
        let names = Names::read(issuer.store(), account).await?;
        Ok(Self {
            issuer: issuer.clone(),
            account: account.clone(),
            as_of,
            may_revoke,
            notify,
            names,
            classes: HashMap::new(),
        })
    }

    /// Judges row `number`.
    pub(super) async fn judge(
        &mut self,
        number: u32,
        row: &mut Row,
        sheet: &Sheet,
        past: &Past,
    ) -> Result<Judged, IssuerError> {
        let external_id = row.text("/externalId").map(|id| id.chars().take(200).collect());
        let mut key = None;
        let judged = self.stages(number, row, sheet, past, &mut key).await;
        let over = |outcome: RowOutcome, key| Judged {
            verdict: Verdict::Over(RowOutcome { external_id, ..outcome }),
            withheld: false,
            key,
            award: None,
        };
        match judged {
            Ok(judged) => Ok(judged),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Duplicate(outcome)) => Ok(over(*outcome, None)),
            Err(Stop::Refused(refusal)) => {
                // A row with an identifier of its own may be mended and sent under it again.
                let key = key.filter(|key| refusal.counts && matches!(key, OwnKey::Content(_)));
                Ok(over(super::outcome::outcome_of(&refusal), key))
            }
        }
    }

    async fn stages(
        &mut self,
        number: u32,
        row: &mut Row,
        sheet: &Sheet,
        past: &Past,
        key: &mut Option<OwnKey>,
    ) -> Result<Judged, Stop> {
        address(row)?;
        let named = match (&row.facts.class, &row.facts.assertion) {
            (None, Some(_)) => None,
            _ => Some(self.named_class(row)?),
        };
        let today = self.issuer.0.clock.now().to_zoned(TimeZone::UTC).date();
        dates(row, self.as_of, today)?;
        let own = key.insert(OwnKey::of(row)).clone();
        self.duplicate(row, past, &own).await?;
        let Some(action) = Action::parse(row.facts.action.as_deref()) else {
            let words: Vec<&str> = Action::ALL.iter().map(|(_, word)| *word).collect();
            let word = shown(row.facts.action.as_deref().unwrap_or_default());
            let problem = row.problem("/action", "unknown-action", format!("there is no {word:?}"));
            let help = format!("write one of {}", words.join(", "));
            return Err(refused("invalid", vec![problem.suggesting(Some(help))]).into());
        };
        let about = self.reference(number, row, sheet, past, action, named.as_ref()).await?;
        if action == Action::Revoke {
            return self.revoke(row, about, own);
        }
        let class = match (named, about.as_ref().and_then(|about| about.class.clone())) {
            (Some(id), _) | (None, Some(id)) => self.class(row, &id).await?,
            (None, None) => {
                return Err(self
                    .named_class(row)
                    .err()
                    .unwrap_or_else(|| refused("unknown-achievement", Vec::new()))
                    .into());
            }
        };
        attempt(row)?;
        conflict(row)?;
        criteria(row, &class)?;
        hours(row, &class)?;
        let withheld = if action == Action::Issue || row.body.contains_key("evidence") {
            genres(row, &class)?;
            withhold(row)
        } else {
            false
        };
        let person = person(row);
        let made = |assertion| Referred { assertion, person, class: Some(class.id.clone()) };
        let id = about.and_then(|about| about.assertion);
        let (verdict, award) = match action {
            Action::Issue => (self.issue(row, &class).await?, made(None)),
            Action::Renew => {
                (Verdict::Amend(id, Amended::renew(row, &class, self.notify)?), made(None))
            }
            Action::Reissue | Action::Revoke => {
                let award = made(id.clone());
                (Verdict::Amend(id, Amended::reissue(row, &class)?), award)
            }
        };
        Ok(Judged { verdict, withheld, key: Some(own), award: Some(award) })
    }

    fn named_class(&self, row: &Row) -> Result<BadgeClassId, Refusal> {
        self.names.class(&row.facts).map_err(|unknown| {
            let place = format!("/{}", unknown.member);
            let problem = row.problem(&place, "unknown-badge-class", unknown.detail);
            refused("unknown-achievement", vec![problem.suggesting(unknown.suggestion)])
        })
    }

    async fn class(&mut self, row: &Row, id: &BadgeClassId) -> Result<Arc<BadgeClass>, Stop> {
        if let Some(known) = self.classes.get(id) {
            return Ok(Arc::clone(known));
        }
        let class = self.issuer.awarded_class(&self.account, id).await;
        let class = Arc::new(class.map_err(|error| match error {
            IssuerError::Invalid(problems) => {
                let problems = problems.0.into_iter();
                let problems = problems.map(|it| row.problem(&it.pointer, it.code, it.detail));
                Stop::from(refused("unknown-achievement", problems.collect()))
            }
            other => other.into(),
        })?);
        if self.classes.len() == REMEMBERED {
            self.classes.clear();
        }
        self.classes.insert(id.clone(), Arc::clone(&class));
        Ok(class)
    }

    /// A row that had its turn before, whatever became of it.
    async fn duplicate(&self, row: &Row, past: &Past, key: &OwnKey) -> Result<(), Stop> {
        let store = self.issuer.store();
        if let Some(first) = past.first(store, &self.account, key).await? {
            if first.content != row.content {
                let detail = format!(
                    "this externalId was given to row {} before, which says something else",
                    first.row
                );
                let problem = row.problem("/externalId", "external-id-mismatch", detail);
                return Err(refused("external-id", vec![problem]).into());
            }
            let at = match &first.batch {
                Some(batch) => format!("row {} of {batch}", first.row),
                None => format!("row {}", first.row),
            };
            return Err(Stop::Duplicate(Box::new(duplicate(
                row,
                first.assertion,
                first.batch.map(|batch| (batch, first.row)),
                format!("the same as {at}"),
            ))));
        }
        let OwnKey::ExternalId(id) = key else { return Ok(()) };
        let award = store.assertion_by_external_id(&self.account, id).await;
        match award.map_err(IssuerError::from)? {
            Some(award) => {
                let detail = format!("{} has this externalId", award.value.id);
                Err(Stop::Duplicate(Box::new(duplicate(row, Some(award.value.id), None, detail))))
            }
            None => Ok(()),
        }
    }

    /// The award that a row is about: that of an earlier row, or one that the row names.
    async fn reference(
        &self,
        number: u32,
        row: &Row,
        sheet: &Sheet,
        past: &Past,
        action: Action,
        class: Option<&BadgeClassId>,
    ) -> Result<Option<Referred>, Stop> {
        let wrong = |place: &str, code: &str, detail: String| {
            Stop::from(refused("reference", vec![row.problem(place, code, detail)]))
        };
        if action == Action::Issue {
            return match (&row.facts.ref_row, &row.facts.assertion) {
                (None, None) => Ok(None),
                _ => Err(wrong("/refRow", "not-expected", "a new award refers to no other".into())),
            };
        }
        let store = self.issuer.store();
        let (place, found) = match (&row.facts.ref_row, &row.facts.assertion) {
            (Some(name), None) => {
                ("/refRow", past.referred(store, &self.account, sheet, name, number).await?)
            }
            (None, Some(id)) => {
                let known = AssertionId::parse(id).ok();
                let known =
                    known.map(|id| Referred { assertion: Some(id), person: None, class: None });
                ("/assertion", known)
            }
            _ => {
                let detail = "say by refRow or by assertion which award it is about".to_owned();
                return Err(wrong("/refRow", "required", detail));
            }
        };
        let missing = || {
            let detail = match &row.facts.ref_row {
                Some(name) => format!("no earlier row {:?} made an award", shown(name)),
                None => "there is no such award in this account".to_owned(),
            };
            wrong(place, "not-found", detail)
        };
        let Some(mut found) = found else { return Err(missing()) };
        let other = |what: &str| wrong(place, "another", format!("that award is {what}"));
        if found.person.is_some() && found.person != person(row) {
            return Err(other("another person's"));
        }
        if let Some(id) = &found.assertion {
            let award = store.assertion(&self.account, id).await.map_err(IssuerError::from)?;
            let Some(award) = award else { return Err(missing()) };
            found.class = Some(award.value.badge_class.id.clone());
            let stated = row.text("/recipient/email").and_then(|text| Email::parse(text).ok());
            let known = award.value.recipient.email();
            if place == "/assertion"
                && action != Action::Reissue
                && stated.is_some_and(|email| known.is_some_and(|known| known != email.as_str()))
            {
                return Err(other("another person's"));
            }
        }
        if class.is_some() && found.class.as_ref() != class {
            return Err(other("of another badge class"));
        }
        Ok(Some(found))
    }

    fn revoke(&self, row: &Row, about: Option<Referred>, key: OwnKey) -> Result<Judged, Stop> {
        if !self.may_revoke {
            let detail = "the token of this batch lacks the scope status:write";
            let problem = row.problem("/action", "forbidden-scope", detail);
            let refusal = refused("forbidden-scope", vec![problem]);
            return Err(Refusal { counts: false, ..refusal }.into());
        }
        let reason = row.facts.reason.clone().unwrap_or_else(|| "taken back by a batch".to_owned());
        let mut body = Map::new();
        body.insert("reason".to_owned(), json!(reason));
        body.extend(row.facts.public_reason.iter().map(|r| ("publicReason".to_owned(), json!(r))));
        let change = rest::change_draft(&strict::Value::from(&Value::Object(body)))
            .map_err(|problems| refused_for(row, problems))?;
        let id = about.and_then(|about| about.assertion);
        Ok(Judged {
            verdict: Verdict::Revoke(id, change),
            withheld: false,
            key: Some(key),
            award: None,
        })
    }

    async fn issue(&self, row: &Row, class: &BadgeClass) -> Result<Verdict, Stop> {
        let mut body = row.body.clone();
        body.insert("badgeClass".to_owned(), json!(class.id.as_str()));
        let states_notify = body.contains_key("notify");
        let mut draft = rest::assertion_draft(&strict::Value::from(&Value::Object(body)))
            .map_err(|problems| refused_for(row, problems))?;
        if self.notify && !states_notify {
            draft.notify = has_address(&draft);
        }
        let mut problems = unmet(&draft, class);
        problems.0.extend(self.issuer.cannot_notify(&draft).0);
        if !problems.is_empty() {
            return Err(refused_for(row, problems).into());
        }
        Ok(Verdict::Issue(Box::new(draft)))
    }
}

/// Somebody must be awarded, and an address must be one.
fn address(row: &Row) -> Result<(), Refusal> {
    let Some(text) = row.text("/recipient/email") else {
        let others = ["did", "url", "telephone", "identifier"];
        let recipient = row.body.get("recipient");
        let known = |name: &&str| recipient.is_some_and(|recipient| recipient.get(*name).is_some());
        if others.iter().any(known) || row.facts.assertion.is_some() {
            return Ok(());
        }
        let problem = row.problem("/recipient/email", "required", "nobody is named");
        return Err(refused("email", vec![problem]));
    };
    if Email::parse(text).is_ok() {
        return Ok(());
    }
    let mended = [" ", "(at)", "[at]", "-at-"]
        .iter()
        .map(|wrong| text.replace(wrong, if *wrong == " " { "" } else { "@" }))
        .find(|mended| Email::parse(mended).is_ok());
    let detail = format!("{:?} is no e-mail address", shown(text));
    let help = mended.map_or_else(
        || "an address has a name, one @ and a domain: name@school.example".to_owned(),
        |mended| format!("did you mean {mended}?"),
    );
    let problem = row.problem("/recipient/email", "bad-email", detail);
    Err(refused("email", vec![problem.suggesting(Some(help))]))
}

/// Nobody assesses or approves her own work.
fn conflict(row: &Row) -> Result<(), Refusal> {
    let own: Vec<String> = match &row.facts.person {
        Some(person) => vec![person.trim().to_lowercase()],
        None => ["/recipient/email", "/recipient/did"]
            .iter()
            .filter_map(|place| Some(row.text(place)?.trim().to_lowercase()))
            .collect(),
    };
    let roles = [("/assessor", &row.facts.assessor), ("/approver", &row.facts.approver)];
    let problems: Vec<_> = roles
        .into_iter()
        .filter(|(_, name)| {
            name.as_ref().is_some_and(|name| own.contains(&name.trim().to_lowercase()))
        })
        .map(|(place, _)| row.problem(place, "conflict-of-interest", "it is the recipient herself"))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(refused("assessor-conflict", problems)) }
}

pub(super) fn duplicate(
    row: &Row,
    assertion: Option<AssertionId>,
    first: Option<(BatchId, u32)>,
    detail: String,
) -> RowOutcome {
    let problem = row.problem("", "duplicate", detail);
    RowOutcome {
        first,
        problems: vec![super::outcome::kept(&problem)],
        ..outcome("duplicate", assertion)
    }
}
