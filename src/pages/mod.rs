//! Public HTML pages: the badge page, the verify page and what leads to them.
//!
//! Each page is a function from a view, filled by a request handler, to HTML text: no store, no
//! clock, no request. Pages need no script, load nothing from other origins, and are meant to be
//! sent with [`CONTENT_SECURITY_POLICY`]. All words stand in `text`; other
//! languages have theirs in [`crate::language`].
//!
//! Text that comes from issuers or from foreign badges is escaped by the templates, Markdown by
//! `markdown`; addresses become links only through `link`, which lets http(s) pass and nothing
//! else.

mod assets;
mod badge;
mod badge_class;
mod banner;
mod choice;
mod competency;
mod embed;
mod facts;
mod facts_view;
mod holder;
mod home;
mod icons;
mod issuer;
mod link;
mod markdown;
mod message;
mod result;
mod share;
mod shell;
mod text;
mod verification;
mod verify;
mod wallet;

pub use assets::{Asset, assets};
pub use badge::{BadgePage, Form, FormKind, badge_page};
pub use badge_class::{BadgeClassPage, badge_class_page};
pub use banner::PageState;
pub use choice::choice_page;
pub use competency::{
    CompetencyLine, CompetencyPage, FrameworkPage, competency_page, framework_page,
};
pub use embed::{EmbedPage, embed_code, embed_page};
pub use facts::{BadgeFacts, EvidenceFact, LevelFact, ResultFact};
pub use holder::{HolderSaid, HolderView, holder_page, link_asked_page};
pub use home::{Example, HomePage, home_page};
pub use issuer::{ClassCard, IssuerPage, issuer_page};
pub use message::{ErrorPage, ProblemPage, error_page, gone_page, not_found_page, problem_page};
pub use result::{ResultPage, result_page};
pub use share::{LinkedInEntry, Month, Sharing, linkedin_profile_url};
pub use shell::{Picture, Setting};
pub use verify::{VerifyForm, verify_page};
pub use wallet::{WalletPage, wallet_page};

/// What every page is sent with: nothing runs but our own file that copies, nothing is framed,
/// nothing comes from elsewhere.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src \
     'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the card for other sites is sent with: it alone may be framed, by anyone, and runs nothing.
pub const EMBED_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'none'; base-uri 'none'; frame-ancestors *";

/// The content type of every page.
pub const CONTENT_TYPE: &str = "text/html; charset=utf-8";

#[cfg(test)]
mod tests;
