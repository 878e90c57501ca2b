//! Open Badges 2.0: an award is an Assertion, a badge class a BadgeClass, an issuer a Profile.
//!
//! Validators take one `publicKey` for a profile and break when the key behind it is replaced. So
//! each RSA key of an issuer has its own profile URL, with badge-class URLs under it.
//!
//! What Open Badges 2.0 has no term for:
//!
//! | domain | goes to |
//! | --- | --- |
//! | results, credits earned | a list at the end of the assertion's `narrative` |
//! | kind of achievement, code for people, field of study, specialization | `tags` |
//! | see [`LEFT_OUT`] | nowhere |

mod parse;
mod render;
mod render_class;
mod render_issuer;

pub use parse::parse;
pub use render::{Hosting, assertion, recipient_form, revoked};
pub use render_class::badge_class;
pub use render_issuer::{cryptographic_key, issuer_profile, withdrawn_key};

/// The context of every Open Badges 2.0 document we issue.
pub const CONTEXT: &str = "https://w3id.org/openbadges/v2";

/// Members of our API that no Open Badges 2.0 document shows, because it has no place for them.
pub const LEFT_OUT: [&str; 13] = [
    "activityEnd",
    "activityStart",
    "alignment/targetType",
    "creditsAvailable",
    "evidence/sha256",
    "licenseNumber",
    "otherIdentifier",
    "parentOrg",
    "recipient/name",
    "resultDescription",
    "role",
    "source",
    "term",
];
