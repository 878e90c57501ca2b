//! The fields that a column can hold.

use super::nearest::plain;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// One that stands in [`FIELDS`], by its number there.
    Named(usize),
    /// A part of an item of evidence: which item, from 1, and which part of it, by its number in
    /// `EVIDENCE`.
    Evidence(usize, usize),
    /// Nothing that is read, nor looked at when rows are compared.
    Ignored,
}

/// Each field, and the names by which a header is known to mean it.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("rowId", &[]),
    ("action", &[]),
    ("refRow", &["ref"]),
    ("assertion", &["assertionId"]),
    ("externalId", &[]),
    ("recipientId", &["personId"]),
    ("recipientEmail", &["email", "emailAddress"]),
    ("recipientDid", &["did"]),
    ("recipientUrl", &[]),
    ("recipientTelephone", &["telephone", "phone"]),
    ("recipientName", &["name"]),
    ("namePublic", &[]),
    ("hashed", &[]),
    ("issuer", &[]),
    ("badgeClass", &["achievementId", "achievement"]),
    ("badgeCode", &["achievementCode"]),
    ("issuedOn", &["awardedOn", "awardDate", "issueDate"]),
    ("expires", &["validUntil", "expiresOn", "expiryDate"]),
    ("activityStart", &[]),
    ("activityEnd", &[]),
    ("submittedOn", &[]),
    ("assessedOn", &[]),
    ("attempt", &[]),
    ("coach", &["coachId"]),
    ("assessor", &["assessorId"]),
    ("approver", &["approverId"]),
    ("results", &["rubricResults"]),
    ("overall", &[]),
    ("contactHours", &["hours"]),
    ("creditsEarned", &["credits"]),
    ("narrative", &[]),
    ("role", &[]),
    ("term", &["cohort"]),
    ("visibility", &["pageVisibility"]),
    ("licenseNumber", &[]),
    ("sourceUrl", &[]),
    ("sourceName", &[]),
    ("reason", &[]),
    ("publicReason", &[]),
];

/// The parts of an item of evidence.
pub(super) const EVIDENCE: &[&str] =
    &["url", "name", "description", "narrative", "genre", "audience", "consent", "sha256"];

/// Columns that a file with failures brings back, and whoever wants one left out.
const IGNORED: &[&str] = &["ignore", OUTCOME_HEADER, PROBLEM_HEADER];

/// The header of the outcome in a file with failures.
pub(super) const OUTCOME_HEADER: &str = "accolade outcome";
/// The header of the problems in a file with failures.
pub(super) const PROBLEM_HEADER: &str = "accolade problem";

/// Items of evidence that a row can have.
pub(super) const EVIDENCE_AT_MOST: usize = 50;

impl Field {
    /// The field that a header or a mapping calls by this name: case, spaces, underscores, dots and
    /// hyphens apart. `evidence2Url` and `ev2_url` are the second item's; without a number it is the
    /// first.
    pub fn of(name: &str) -> Option<Self> {
        let wanted = plain(name);
        let is = |known: &str| plain(known) == wanted;
        if IGNORED.iter().any(|known| is(known)) {
            return Some(Self::Ignored);
        }
        let named = FIELDS
            .iter()
            .position(|(field, aliases)| is(field) || aliases.iter().any(|alias| is(alias)));
        named.map(Self::Named).or_else(|| evidence(&wanted))
    }

    /// The field of this name, which stands in [`FIELDS`].
    pub(super) fn named(name: &str) -> Option<Self> {
        FIELDS.iter().position(|(field, _)| *field == name).map(Self::Named)
    }

    /// Its name.
    pub fn name(self) -> String {
        match self {
            Self::Named(at) => FIELDS.get(at).map_or("", |(name, _)| name).to_owned(),
            Self::Evidence(item, part) => {
                let part = EVIDENCE.get(part).copied().unwrap_or_default();
                let (first, rest) = part.split_at_checked(1).unwrap_or((part, ""));
                format!("evidence{item}{}{rest}", first.to_uppercase())
            }
            Self::Ignored => "ignore".to_owned(),
        }
    }
}

fn evidence(plain: &str) -> Option<Field> {
    let rest = plain.strip_prefix("evidence").or_else(|| plain.strip_prefix("ev"))?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, part) = rest.split_at_checked(digits)?;
    let item = if number.is_empty() { 1 } else { number.parse().ok()? };
    let part = EVIDENCE.iter().position(|known| *known == part)?;
    (1..=EVIDENCE_AT_MOST).contains(&item).then_some(Field::Evidence(item, part))
}
