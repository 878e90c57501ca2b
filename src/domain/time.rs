//! Instants and spans of validity.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Invalid;

/// Reads an instant: RFC 3339 with an offset, or a date, which means its first second in UTC.
/// The fraction of a second is dropped: credentials carry whole seconds.
///
/// # Errors
/// `bad-time`; a time without an offset is refused, because it would mean a different instant to
/// each reader.
pub fn parse_instant(text: &str) -> Result<Timestamp, Invalid> {
    let bad = |why: &str| Invalid::new("bad-time", why);
    let instant = if text.len() == 10 {
        let date: Date = text.parse().map_err(|_| bad("not a date such as 2026-05-31"))?;
        date.to_zoned(TimeZone::UTC).map_err(|_| bad("a date out of range"))?.timestamp()
    } else {
        text.parse()
            .map_err(|_| bad("not an RFC 3339 time with an offset, such as 2026-05-31T12:00:00Z"))?
    };
    if !(1900..=9998).contains(&instant.to_zoned(TimeZone::UTC).year()) {
        return Err(bad("a year before 1900 or after 9998"));
    }
    Timestamp::from_second(instant.as_second()).map_err(|_| bad("a time out of range"))
}

/// How long an award of a badge class is valid: an ISO 8601 duration of years, months, weeks and
/// days, at least one of them positive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    text: String,
}

impl Validity {
    /// Reads one, such as `P3Y` or `P1Y6M`.
    ///
    /// # Errors
    /// `bad-duration`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            Invalid::new(
                "bad-duration",
                "not a duration of years, months, weeks or days such as P3Y",
            )
        };
        let span: Span = text.parse().map_err(|_| bad())?;
        if !span.is_positive()
            || !text.starts_with('P')
            || text.contains(['T', 't'])
            || span.get_years() > 1000
        {
            return Err(bad());
        }
        Ok(Self { text: text.to_owned() })
    }

    /// The duration as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The last second of the last day of an award made at `start`: both the first and the last
    /// day count. 29 February becomes 28 February.
    pub fn end(&self, start: Timestamp) -> Option<Timestamp> {
        let span: Span = self.text.parse().ok()?;
        let last_day = start.to_zoned(TimeZone::UTC).date().checked_add(span).ok()?;
        let end = last_day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok()?;
        Some(end.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_need_an_offset_and_lose_their_fraction() {
        assert_eq!(parse_instant("2026-05-31").unwrap().to_string(), "2026-05-31T00:00:00Z");
        assert_eq!(
            parse_instant("2026-05-31T12:00:00.75+02:00").unwrap().to_string(),
            "2026-05-31T10:00:00Z"
        );
        for bad in [
            "",
            "2026-02-30",
            "2026-05-31T12:00:00",
            "yesterday",
            "1700000000",
            "0001-01-01",
            "+12026-01-01",
        ] {
            assert!(parse_instant(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn validity_ends_with_its_last_day() {
        let leap_day = parse_instant("2024-02-29T09:00:00Z").unwrap();
        assert_eq!(
            Validity::parse("P3Y").unwrap().end(leap_day).unwrap().to_string(),
            "2027-02-28T23:59:59Z"
        );
        for bad in ["", "P", "3Y", "3 years", "-P1Y", "P0D", "PT5H", "P1Y2Z"] {
            assert!(Validity::parse(bad).is_err(), "{bad:?}");
        }
    }
}
