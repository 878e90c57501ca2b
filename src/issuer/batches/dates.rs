//! The dates of a row: real days, in order, none behind the day that the batch is judged for.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::names::shown;
use super::outcome::{Refusal, refused};
use crate::domain::parse_instant;
use crate::wire::rows::Row;

/// The dates of a row in the order in which they must lie, by their place.
const IN_ORDER: [&str; 5] =
    ["/activityStart", "/activityEnd", "/submittedOn", "/assessedOn", "/issuedOn"];

/// Judges the dates of a row; of a row whose dates are days, writes them as days into its body.
pub(super) fn dates(row: &mut Row, as_of: Date, today: Date) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let mut days: Vec<(&str, Date)> = Vec::new();
    for place in IN_ORDER.into_iter().chain(["/expires"]) {
        let Some(text) = text(row, place) else { continue };
        match day(&text) {
            Some(day) => days.push((place, day)),
            None => problems.push(
                row.problem(place, "bad-date", format!("{:?} is no date", shown(&text)))
                    .suggesting(Some(suggestion(&text))),
            ),
        }
    }
    let of = |place: &str| days.iter().find(|(known, _)| *known == place).map(|(_, day)| *day);
    if of("/issuedOn").is_none() && problems.is_empty() {
        if row.facts.dated {
            problems.push(row.problem("/issuedOn", "required", "the date of the award is missing"));
        } else if as_of != today {
            row.body.insert("issuedOn".to_owned(), json!(as_of.to_string()));
        }
    }
    let ordered: Vec<&(&str, Date)> =
        days.iter().filter(|(place, _)| *place != "/expires").collect();
    for pair in ordered.windows(2) {
        if let [(before, first), (after, then)] = pair
            && first > then
        {
            let detail = format!("{then} is before {} ({first})", name(row, before));
            problems.push(row.problem(after, "out-of-order", detail));
        }
    }
    if let Some(last) = ordered.last()
        && last.1 > as_of
    {
        let detail = format!("{} is later than {as_of}, for which the batch is judged", last.1);
        let suggestion = "send the row when its day has come, or give a later asOf";
        let problem = row.problem(last.0, "in-the-future", detail);
        problems.push(problem.suggesting(Some(suggestion.to_owned())));
    }
    let awarded = of("/issuedOn").unwrap_or(as_of);
    if let Some(end) = of("/expires").filter(|end| row.facts.days && *end <= awarded) {
        let detail = format!("{end} is not later than the award ({awarded})");
        problems.push(row.problem("/expires", "out-of-order", detail));
    }
    if !problems.is_empty() {
        return Err(refused("dates", problems));
    }
    if row.facts.days {
        for (place, day) in days {
            let member = place.trim_start_matches('/');
            if let Some(value) = row.body.get_mut(member) {
                *value = json!(day.to_string());
            }
        }
    }
    Ok(())
}

fn text(row: &Row, place: &str) -> Option<String> {
    match place {
        "/submittedOn" => row.facts.submitted_on.clone(),
        "/assessedOn" => row.facts.assessed_on.clone(),
        _ => row.text(place).map(str::to_owned),
    }
}

fn name(row: &Row, place: &str) -> String {
    match row.place(place) {
        crate::wire::rows::Place::Column(header) => header,
        crate::wire::rows::Place::Pointer(pointer) => pointer,
    }
}

/// The day that a cell means: `YYYY-MM-DD`, or of a time with an offset its day in UTC.
pub(super) fn day(text: &str) -> Option<Date> {
    let instant = parse_instant(text.trim()).ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}

/// How the date should have been written, as far as that is plain.
fn suggestion(text: &str) -> String {
    let parts: Vec<&str> =
        text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let read = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => date(number(year), number(month), number(day)),
        [one, two, year] if year.len() == 4 => {
            let dmy = date(number(year), number(two), number(one));
            let mdy = date(number(year), number(one), number(two));
            match (dmy, mdy) {
                (Some(dmy), None) => Some(dmy),
                (None, Some(mdy)) => Some(mdy),
                (Some(dmy), Some(mdy)) if dmy == mdy || text.contains('.') => Some(dmy),
                (Some(dmy), Some(mdy)) => {
                    return format!("write {dmy} or {mdy}, whichever is meant");
                }
                (None, None) => None,
            }
        }
        _ => None,
    };
    match read {
        Some(date) => format!("write {date}"),
        None => "write a date as 2026-05-31, or a time as 2026-05-31T12:00:00Z".to_owned(),
    }
}

fn date(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> Option<Date> {
    let (month, day) = (i8::try_from(month?).ok()?, i8::try_from(day?).ok()?);
    Date::new(year?, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_utc_counts_and_others_are_shown_how() {
        assert_eq!(day("2026-05-31").unwrap().to_string(), "2026-05-31");
        assert_eq!(day(" 2026-05-31T23:30:00-02:00 ").unwrap().to_string(), "2026-06-01");
        for bad in ["2024-02-30", "31.05.2026", "2026-05-31T12:00:00", "soon", ""] {
            assert_eq!(day(bad), None, "{bad:?}");
        }
        assert_eq!(suggestion("31.05.2026"), "write 2026-05-31");
        assert_eq!(suggestion("5/31/2026"), "write 2026-05-31");
        assert_eq!(suggestion("2026/5/3"), "write 2026-05-03");
        assert!(suggestion("03/04/2026").contains("2026-04-03 or 2026-03-04"));
        assert!(suggestion("2024-02-30").contains("2026-05-31"));
    }
}
