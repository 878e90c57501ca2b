//! What a badge is: no JSON, no I/O.
//!
//! Values are parsed into these types at the edge; after that an invalid one cannot be written
//! down. Everything a badge carries is here once, whatever form it leaves in.
//!
//! | type | is |
//! | --- | --- |
//! | [`IssuerProfile`] | who issues |
//! | [`BadgeClass`] | what can be earned: criteria, alignment, rubric; immutable once awarded |
//! | [`Assertion`] | one award of one badge-class version to one [`Recipient`] |
//! | [`Evidence`], [`AchievedResult`] | what was done, and how it was judged |
//! | [`Problem`], [`Problems`] | what is wrong with input, each with its place |

mod alignment;
mod amendment;
mod assertion;
mod badge_class;
mod batch;
mod draft;
mod evidence;
mod hex;
mod holder_secret;
pub mod id;
mod image;
mod invalid;
mod issuer_profile;
mod recipient;
mod result;
mod short_code;
mod showing;
mod text;
mod time;

pub use alignment::{Alignment, AlignmentTarget, AlignmentType};
pub use amendment::{Amend, Amendment, RecipientAmendment, ReissueDraft, RenewDraft};
pub use assertion::{
    Assertion, AssertionState, Change, Correction, Source, StatusEntry, StatusPurpose, Visibility,
};
pub use badge_class::{BadgeClass, BadgeClassRef, BadgeType, Credits, Criteria, PersonRef, Stage};
pub use batch::{BatchState, Counts};
pub use draft::{
    AssertionDraft, BadgeClassDraft, ChangeDraft, ImageDraft, IssuerDraft, RecipientDraft,
    RotationDraft, StageDraft, TokenDraft, WebhookDraft,
};
pub use evidence::Evidence;
pub use hex::hex;
pub use holder_secret::HolderSecret;
pub use id::{
    AccountId, AssertionId, BadgeClassId, BatchId, DeliveryId, EventId, ImageId, IssuerId, KeyId,
    MailId, TokenId, WebhookId,
};
pub use image::{Image, ImageFormat};
pub use invalid::{Invalid, Problem, Problems};
pub use issuer_profile::{IssuerProfile, OtherIdentifier, ParentOrganisation};
pub use recipient::{HashedIdentity, Identity, IdentityType, Recipient};
pub use result::{AchievedResult, ResultDescription, ResultStatus, ResultType, RubricLevel};
pub use short_code::ShortCode;
pub use showing::ShowingDraft;
pub use text::{Code, Email, LanguageTag, Slug, WebUrl, bounded};
pub use time::{Validity, parse_instant};
