//! One award.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    AchievedResult, AssertionId, BadgeClassRef, Credits, Evidence, IssuerId, KeyId, Recipient,
    WebUrl,
};

/// One award of a badge-class version to one person. Minted once, taken away in every form.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// Its identifier; the badge link ends in it.
    pub id: AssertionId,
    /// Version 4 UUID: `urn:uuid:…` is the id of the Open Badges 2.0 signed form.
    pub uuid: Uuid,
    /// Version 4 UUID: `urn:uuid:…` is the subject of the Open Badges 3.0 forms where the recipient
    /// has no DID.
    pub subject_uuid: Uuid,
    /// Which version of which badge class.
    pub badge_class: BadgeClassRef,
    /// Who issues it.
    pub issuer: IssuerId,
    /// To whom.
    pub recipient: Recipient,
    /// When it was awarded; stays when the award is corrected.
    pub issued_on: Timestamp,
    /// From when the present edition holds; moves when the award is corrected.
    pub valid_from: Timestamp,
    /// The last second in which it is valid.
    pub expires: Option<Timestamp>,
    /// What was done to earn it.
    pub evidence: Vec<Evidence>,
    /// How it was judged.
    pub results: Vec<AchievedResult>,
    /// What ties the evidence together, in Markdown.
    pub narrative: Option<String>,
    /// The role in which it was earned.
    pub role: Option<String>,
    /// The term or cohort in which it was earned.
    pub term: Option<String>,
    /// When the work began.
    pub activity_start: Option<Timestamp>,
    /// When the work ended.
    pub activity_end: Option<Timestamp>,
    /// Semester or quarter credits earned (never clock hours).
    pub credits_earned: Option<Credits>,
    /// Who assessed on behalf of the issuer.
    pub source: Option<Source>,
    /// The number of a licence that the badge stands for.
    pub license_number: Option<String>,
    /// The platform's own identifier of the award, unique in its account.
    pub external_id: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether it holds.
    pub state: AssertionState,
    /// Its places in status lists: one for revocation, a second for suspension where its badge
    /// class is suspendable.
    pub status: Vec<StatusEntry>,
    /// The last correction of it, if there was one.
    pub correction: Option<Correction>,
    /// The award that it renews.
    pub renews: Option<AssertionId>,
    /// The award that renews it; the last one, if several did.
    pub renewed_by: Option<AssertionId>,
    /// When the person was erased: of such an award next to nothing is left.
    pub erased_at: Option<Timestamp>,
    /// The key that signed its Data Integrity form.
    pub key: KeyId,
    /// When it was minted.
    pub created_at: Timestamp,
    /// Counts changes, from 1.
    pub revision: u64,
}

impl Assertion {
    /// Its place in a list of that purpose.
    pub fn status_entry(&self, purpose: StatusPurpose) -> Option<&StatusEntry> {
        self.status.iter().find(|entry| entry.purpose == purpose)
    }

    /// The word for its state at `now`: `active`, `suspended`, `revoked`, `expired` or
    /// `notYetValid`.
    pub fn state_word(&self, now: Timestamp) -> &'static str {
        match &self.state {
            AssertionState::Revoked(_) => "revoked",
            AssertionState::Suspended(_) => "suspended",
            AssertionState::Active if self.valid_from > now => "notYetValid",
            AssertionState::Active if self.expires.is_some_and(|end| end < now) => "expired",
            AssertionState::Active => "active",
        }
    }
}

/// Whether an award holds, apart from time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssertionState {
    /// It holds.
    Active,
    /// It does not hold for now.
    Suspended(Change),
    /// It does not hold any more, for ever.
    Revoked(Change),
}

/// When and why a state came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Why, for the platform only.
    pub reason: String,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}

/// When and why an award was corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// When.
    pub at: Timestamp,
    /// Why, for the platform only.
    pub reason: Option<String>,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}

/// Who assessed on behalf of the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its web site, which also identifies it.
    pub url: WebUrl,
    /// Its name.
    pub name: Option<String>,
}

/// Who may read an award.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Anyone, and it may be listed and indexed.
    Public,
    /// Anyone who has the link.
    #[default]
    Unlisted,
    /// Nobody: every public form answers as if there were no such award.
    Private,
}

/// A place in a status list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// What the list is for.
    pub purpose: StatusPurpose,
    /// Number of the list of that issuer and purpose, from 1.
    pub list: u32,
    /// Place in the list, from 0.
    pub index: u32,
}

/// What a status list is for (Bitstring Status List v1.0 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPurpose {
    /// A set bit takes back for ever.
    Revocation,
    /// A set bit takes back for now.
    Suspension,
}

impl StatusPurpose {
    /// The term.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
}
