//! Open Badges 3.0: an award is an AchievementCredential, a badge class is an Achievement.

mod parse;
mod render;
mod render_achievement;
mod render_profile;

pub use parse::parse;
pub(super) use parse::{alignments, criteria, evidence_item, image};
pub use render::{Common, Edition, credential, jwt_payload, subject_id};
pub use render_achievement::{achievement_document, level_id, result_description_id};
pub use render_profile::profile_document;

/// The two contexts of every credential we issue, in this order (Open Badges 3.0 §B.1).
pub const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];
