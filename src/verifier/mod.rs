//! The hosted-verification module: gather, check, judge, report.

mod policy;
mod report;

pub use policy::{PolicyName, UnknownPolicy};
pub use report::{
    Answers, Authentic, Badge, BadgeAlignment, BadgeCriteria, BadgeEvidence, BadgeIdentity,
    BadgeImage, BadgeIssuer, BadgeLevel, BadgeRecipient, BadgeResult, CheckOutcome, CheckReport,
    DocumentReport, DocumentState, Format, InForce, IssuerAnswer, Knowledge, PartReport, Report,
    State, Verdict, YesNo,
};
