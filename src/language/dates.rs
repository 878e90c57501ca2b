//! Dates as people write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Names of day, month and year in their order.
const DATE: &str = "{day} {month} {year}";

impl Language {
    /// The day, in UTC: `2 November 2026`.
    pub fn date(self, at: Timestamp) -> String {
        let date = at.to_zoned(TimeZone::UTC).date();
        let month = usize::try_from(date.month()).ok().and_then(|n| MONTHS.get(n - 1));
        self.word(DATE)
            .replace("{day}", &date.day().to_string())
            .replace("{month}", month.map_or("", |month| self.word(month)))
            .replace("{year}", &date.year().to_string())
    }

    /// The minute, in UTC: `2 November 2026, 23:59 UTC`.
    pub fn instant(self, at: Timestamp) -> String {
        format!("{}, {}", self.date(at), at.strftime("%H:%M UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_for_people_and_every_month_has_a_name() {
        let at: Timestamp = "2026-11-02T23:59:59Z".parse().unwrap();
        assert_eq!(Language::English.date(at), "2 November 2026");
        assert_eq!(Language::English.instant(at), "2 November 2026, 23:59 UTC");
        assert_eq!(Language::Spanish.instant(at), "2 de noviembre de 2026, 23:59 UTC");
        for language in Language::ALL {
            for english in MONTHS.iter().chain([&DATE]) {
                assert!(language.is_known(english), "{language:?}: {english}");
            }
        }
    }
}
