//! The shapes that leave and enter: of the specifications and of our API.
//!
//! | module | speaks |
//! | --- | --- |
//! | [`ob3`] | Open Badges 3.0: render ours, read anybody's |
//! | [`ob2`] | Open Badges 2.0: render ours, read anybody's |
//! | [`ob1`] | Open Badges before 2.0, read as 2.0 |
//! | [`clr2`] | Comprehensive Learner Record 2.0: read anybody's |
//! | [`rest`] | the bodies of our own API |
//! | [`rows`] | the rows of a batch: JSON, NDJSON, CSV |
//! | [`vcdm`] | the rules that hold for every verifiable credential |
//! | [`detect()`] | tells what a JSON document is |
//! | [`BadgeSummary`] | a badge of any kind in the owner's words, for reports and pages |
//!
//! Rendering gives a [`serde_json::Value`], which is turned to text once; signing works on that
//! text. Reading starts from a [`crate::json::Value`].

pub mod clr2;
mod detect;
mod members;
pub mod ob1;
pub mod ob2;
pub mod ob3;
pub mod rest;
pub mod rows;
#[cfg(test)]
pub(crate) mod sample;
mod summary;
#[cfg(test)]
mod tests;
mod tolerant;
pub mod vcdm;

pub use detect::{DataModel, DocumentKind, Ob2Version, detect};
pub use summary::{
    AlignmentSummary, BadgeSummary, CriteriaSummary, EvidenceSummary, IdentitySummary,
    ImageSummary, IssuerSummary, ParsedBadge, RecipientSummary, ResultDescriptionSummary,
    ResultSummary, RubricLevelSummary, SourceSummary,
};
