//! What a correction or a renewal of an award states anew.

use jiff::Timestamp;

use super::{AchievedResult, Credits, Evidence, Identity, Recipient, Source, Visibility};

/// What becomes of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Amend<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// This takes its place; `None` or an empty list takes it away.
    Set(T),
}

impl<T> Amend<T> {
    /// The value that holds from now on.
    pub fn or(self, present: T) -> T {
        match self {
            Self::Keep => present,
            Self::Set(value) => value,
        }
    }
}

/// Values of an award that can be stated anew. By default everything stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amendment {
    /// To whom.
    pub recipient: RecipientAmendment,
    /// The last second in which it is valid.
    pub expires: Amend<Option<Timestamp>>,
    /// What was done to earn it.
    pub evidence: Amend<Vec<Evidence>>,
    /// How it was judged.
    pub results: Amend<Vec<AchievedResult>>,
    /// What ties the evidence together.
    pub narrative: Amend<Option<String>>,
    /// The role in which it was earned.
    pub role: Amend<Option<String>>,
    /// The term or cohort.
    pub term: Amend<Option<String>>,
    /// When the work began.
    pub activity_start: Amend<Option<Timestamp>>,
    /// When the work ended.
    pub activity_end: Amend<Option<Timestamp>>,
    /// Credits earned.
    pub credits_earned: Amend<Option<Credits>>,
    /// Who assessed.
    pub source: Amend<Option<Source>>,
    /// The number of a licence.
    pub license_number: Amend<Option<String>>,
}

/// What is stated anew of a recipient: a misspelt name or address, never another person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecipientAmendment {
    /// How the person is known: all of it, at least one.
    pub identities: Amend<Vec<Identity>>,
    /// The person's name.
    pub name: Amend<Option<String>>,
    /// Whether the name may stand in public documents.
    pub name_public: Amend<bool>,
    /// Whether identities other than DIDs are hashed.
    pub hashed: Amend<bool>,
}

impl RecipientAmendment {
    /// The recipient as corrected. A name that was taken away is shown no longer.
    pub fn or(self, present: Recipient) -> Recipient {
        let name = self.name.or(present.name);
        let name_public = self.name_public.or(present.name_public) && name.is_some();
        Recipient {
            identities: self.identities.or(present.identities),
            name_public,
            name,
            hashed: self.hashed.or(present.hashed),
            salt: present.salt,
        }
    }
}

/// How an award shall be corrected: it keeps its id, its places in status lists and the day on which
/// it was awarded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReissueDraft {
    /// What is stated anew.
    pub amendment: Amendment,
    /// From when the corrected edition counts; now where it is missing. Always later than the former
    /// edition: by a second where this is not.
    pub valid_from: Option<Timestamp>,
    /// Why, for the platform only.
    pub reason: Option<String>,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}

/// How an award shall be renewed: by a new award of the newest version of its badge class to the same
/// person. Dates, term and credits are the successor's own; what else is not stated anew is taken
/// over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenewDraft {
    /// What is stated anew.
    pub amendment: Amendment,
    /// When the successor is awarded; now where it is missing.
    pub issued_on: Option<Timestamp>,
    /// The platform's own identifier of the successor.
    pub external_id: Option<String>,
    /// Who may read the successor.
    pub visibility: Amend<Visibility>,
    /// Whether the holder is told of the successor by e-mail.
    pub notify: bool,
    /// Why, for the platform only.
    pub reason: Option<String>,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}
