//! Dates: well formed, begun, not over.

use jiff::Timestamp;

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::verifier::case::{Case, Subject, skewed};
use crate::wire::DataModel;

/// From when and until when a badge holds.
struct Dates<'c> {
    from: Option<(&'static str, &'c Value<'static>)>,
    until: Option<(&'static str, &'c Value<'static>)>,
    awarded: Option<(&'static str, &'c Value<'static>)>,
    /// Whether it is a token, for which clocks may differ by a minute.
    token: bool,
}

fn dates<'c>(case: &'c Case<'_>) -> Result<Dates<'c>, Finding> {
    let named = |value: &'c Value<'static>, name: &'static str| value.get(name).map(|v| (name, v));
    match &case.subject {
        Subject::Credential(credential) if credential.is_presentation() => {
            Err(Finding::skip("a presentation has no dates but those of its proof"))
        }
        Subject::Credential(credential) => {
            let value = &credential.value;
            let (from, until) = match credential.model() {
                DataModel::V1 => ("issuanceDate", "expirationDate"),
                _ => ("validFrom", "validUntil"),
            };
            Ok(Dates {
                from: named(value, from),
                until: named(value, until),
                awarded: named(value, "awardedDate"),
                token: credential.token.is_some(),
            })
        }
        Subject::Ob2(badge) => match badge.assertion.value() {
            Some(value) => Ok(Dates {
                from: named(value, "issuedOn"),
                until: named(value, "expires"),
                awarded: None,
                token: false,
            }),
            None => Err(Finding::skip("the badge was not read")),
        },
        _ => Err(nothing_to_look_at()),
    }
}

/// An instant with its offset. A time without one means another instant to each reader.
fn instant(value: &Value<'_>) -> Option<Timestamp> {
    let text = value.items().first()?.as_str()?;
    text.contains(['T', 't']).then(|| text.parse().ok()).flatten()
}

fn dates_of(case: &Case<'_>) -> (Option<Timestamp>, Option<Timestamp>) {
    match dates(case) {
        Ok(dates) => (
            dates.from.and_then(|(_, value)| instant(value)),
            dates.until.and_then(|(_, value)| instant(value)),
        ),
        Err(_) => (None, None),
    }
}

pub(super) fn well_formed(case: &Case<'_>) -> Finding {
    let dates = match dates(case) {
        Ok(dates) => dates,
        Err(finding) => return finding,
    };
    for (name, value) in [dates.from, dates.until, dates.awarded].into_iter().flatten() {
        if instant(value).is_none() {
            return Finding::fail(format!("{name} is not a date and time with an offset"))
                .fact("value", serde_json::Value::from(value));
        }
    }
    let (from, until) = dates_of(case);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Finding::fail("it ends before it begins")
            .fact("from", from.to_string())
            .fact("until", until.to_string());
    }
    if dates.from.is_none() {
        return Finding::fail("it has no date of issue");
    }
    Finding::pass("its dates are dates")
        .fact("from", from.map(|at| at.to_string()))
        .fact("until", until.map(|at| at.to_string()))
}

pub(super) fn not_yet_valid(case: &Case<'_>) -> Finding {
    if let Err(finding) = dates(case) {
        return finding;
    }
    let Some(from) = dates_of(case).0 else {
        return Finding::skip("it has no date of issue that can be read");
    };
    let at = case.bench.at;
    let finding = if skewed(from) <= at {
        Finding::pass("its time has begun")
    } else {
        Finding::fail(format!("it is valid only from {from} on"))
    };
    finding.fact("from", from.to_string()).fact("at", at.to_string()).fact("skewSeconds", 60)
}

pub(super) fn expired(case: &Case<'_>) -> Finding {
    let dates = match dates(case) {
        Ok(dates) => dates,
        Err(finding) => return finding,
    };
    if dates.until.is_none() {
        return Finding::pass("it does not expire");
    }
    let Some(until) = dates_of(case).1 else {
        return Finding::skip("its end cannot be read");
    };
    let at = case.bench.at;
    let skew = if dates.token { 60 } else { 0 };
    let over = if dates.token { skewed(at) > until } else { at > until };
    let finding = if over {
        Finding::fail(format!("it expired at {until}"))
    } else {
        Finding::pass(format!("it is valid until {until}"))
    };
    finding.fact("until", until.to_string()).fact("at", at.to_string()).fact("skewSeconds", skew)
}
