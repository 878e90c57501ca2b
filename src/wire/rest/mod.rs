//! The bodies of our own API: what it takes, and the objects it answers with.
//!
//! One thing has the same member names in a body and in an answer. Reading notes every problem with
//! its JSON pointer; a member that the API does not have is one, because a misspelled member that
//! is silently dropped is a lost fact.

mod amendment;
mod assertion;
mod badge_class;
mod body;
mod change;
mod edit;
mod image;
mod issuer;
mod key;
mod parts;
mod person;
mod render_aligned;
mod render_assertion;
mod render_badge_class;
mod render_issuer;
mod showing;
mod token;
mod webhook;

pub use amendment::{reissue_draft, renew_draft};
pub use assertion::assertion_draft;
pub use badge_class::{badge_class_draft, badge_class_edit, stage_draft};
pub use change::change_draft;
pub use edit::{Edit, ImageEdit};
pub use issuer::{issuer_draft, issuer_edit};
pub use key::{KeyChange, key_change, key_type};
pub use person::person;
pub use render_aligned::{competency_document, framework_document};
pub use render_assertion::assertion_answer;
pub use render_badge_class::badge_class_answer;
pub use render_issuer::issuer_answer;
pub use showing::showing_draft;
pub use token::{Grantable, rotation_draft, token_draft};
pub use webhook::webhook_draft;

/// Most characters of a title or name.
pub const NAME_LENGTH: usize = 300;
/// Most characters of a short text.
pub const SHORT_LENGTH: usize = 500;
/// Most characters of a description.
pub const DESCRIPTION_LENGTH: usize = 5_000;
/// Most characters of a narrative (Markdown).
pub const NARRATIVE_LENGTH: usize = 10_000;
