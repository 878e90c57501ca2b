//! The checks: one static table, one pure function each.
//!
//! Every check runs, whatever the others find. A check sees a [`Case`] and answers with a
//! [`Finding`]; it fetches nothing, reads no clock, and knows nothing of policies.

mod badge_class;
mod endorsement;
mod evidence;
mod extensions;
mod hosted;
mod input;
mod issuer;
mod ob2_shape;
mod ob2_types;
mod ob3_shape;
mod parts;
mod proof;
mod recipient;
mod refresh;
mod related;
mod results;
mod schema;
mod shape;
mod status;
mod time;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::case::Case;
use super::policy::Required;
use super::report::{CheckOutcome, CheckReport};

pub(super) use issuer::knowledge;
pub(super) use refresh::replacement;
pub(super) use status::read_at;

/// What is fixed about a check.
pub struct About {
    /// Dotted, stable, never reused.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What the specification says, and where.
    pub section: &'static str,
    /// Under which policies it must hold.
    pub required: Required,
    /// Which of the three answers it takes part in.
    pub(super) answers: Question,
    check: fn(&Case<'_>) -> Finding,
}

/// The answers that checks take part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Is it what the issuer made?
    Authentic,
    /// Is it in force?
    InForce,
    /// Neither.
    Neither,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) outcome: CheckOutcome,
    pub(super) message: Cow<'static, str>,
    pub(super) facts: Map<String, Value>,
    pub(super) trace: Option<Box<Value>>,
}

impl Finding {
    fn new(outcome: CheckOutcome, message: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome, message: message.into(), facts: Map::new(), trace: None }
    }

    fn pass(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CheckOutcome::Pass, message)
    }

    fn fail(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CheckOutcome::Fail, message)
    }

    fn unknown(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CheckOutcome::Unknown, message)
    }

    fn note(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CheckOutcome::Note, message)
    }

    fn skip(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CheckOutcome::Skip, message)
    }

    fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.facts.insert(name.to_owned(), value);
        }
        self
    }
}

/// The badge could not be read: a check on what it says has nothing to look at.
fn nothing_to_look_at() -> Finding {
    Finding::skip("the badge could not be read")
}

use Question::{Authentic, InForce, Neither};

/// Every check, in the order of the report.
pub(super) static TABLE: &[About] = &[
    About {
        id: "input.read",
        title: "The badge can be read",
        section: "OB 2.0 Verification; OB 3.0 §10.1 step 1",
        required: Required::ALWAYS,
        answers: Authentic,
        check: input::read,
    },
    About {
        id: "input.supported",
        title: "It is a kind of badge that is judged here",
        section: "OB 2.0 Verification; OB 3.0 §10.1",
        required: Required::BADGE,
        answers: Authentic,
        check: input::supported,
    },
    About {
        id: "input.image",
        title: "The badge is baked into its image as it should be",
        section: "OB Baking 2.0; OB 3.0 §5.3",
        required: Required::NEVER,
        answers: Neither,
        check: input::image,
    },
    About {
        id: "shape.context",
        title: "The contexts are known and in their places",
        section: "OB 2.0 §JSON-LD; OB 3.0 §B.1.1; VCDM 2.0 §4.3",
        required: Required::ALWAYS,
        answers: Authentic,
        check: shape::context,
    },
    About {
        id: "shape.terms",
        title: "Every member has a meaning",
        section: "JSON-LD 1.1 API §5; VC Data Integrity §2.4.1",
        required: Required::ALWAYS,
        answers: Authentic,
        check: shape::terms,
    },
    About {
        id: "shape.members",
        title: "What must be there is there, and of the right kind",
        section: "OB 2.0 §Data classes; OB 3.0 §B; VCDM 2.0 §4",
        required: Required::BADGE,
        answers: Neither,
        check: shape::members,
    },
    About {
        id: "shape.schema",
        title: "It follows the schema of its kind",
        section: "OB 3.0 §E, §B.1.8; VC JSON Schema",
        required: Required::BADGE,
        answers: Neither,
        check: schema::applied,
    },
    About {
        id: "shape.named-schemas",
        title: "It follows the schemas that it names",
        section: "OB 3.0 §10.1 step 3, §B.1.8; VC JSON Schema",
        required: Required::BADGE,
        answers: Neither,
        check: schema::named,
    },
    About {
        id: "shape.extensions",
        title: "Its extensions follow their schemas",
        section: "OB 2.0 §Extensions",
        required: Required::BADGE,
        answers: Neither,
        check: extensions::valid,
    },
    About {
        id: "subject.endorsed",
        title: "It endorses what it stands in",
        section: "OB 2.0 §Endorsement; OB 3.0 §B.2.2",
        required: Required::BADGE,
        answers: Neither,
        check: endorsement::target,
    },
    About {
        id: "proof.present",
        title: "It carries the proof that it needs",
        section: "OB 2.0 §SignedBadge; OB 3.0 §8",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::present,
    },
    About {
        id: "proof.form",
        title: "The proof is of a kind that is accepted",
        section: "RFC 8725 §3; VC Data Integrity §4; OB 3.0 §8.2",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::form,
    },
    About {
        id: "proof.key",
        title: "The key that the proof names can be read",
        section: "Controlled Identifiers §3.3; OB 3.0 §8.2.4; OB 2.0 §CryptographicKey",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::key,
    },
    About {
        id: "proof.signature",
        title: "The signature is right",
        section: "VC Data Integrity §4.4; RFC 7515 §5.2",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::signature,
    },
    About {
        id: "proof.purpose",
        title: "The proof was made for this, and its key was good",
        section: "VC Data Integrity §2.1, §4.4; Controlled Identifiers §2.2",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::purpose,
    },
    About {
        id: "proof.claims",
        title: "The token says the same as the badge in it",
        section: "OB 3.0 §8.2.3; VC-JOSE-COSE §3.1; VCDM 1.1 §6.3.1",
        required: Required::ALWAYS,
        answers: Authentic,
        check: proof::claims,
    },
    About {
        id: "proof.others",
        title: "Further proofs",
        section: "VC Data Integrity §2.1.1",
        required: Required::NEVER,
        answers: Neither,
        check: proof::others,
    },
    About {
        id: "issuer.resolved",
        title: "The issuer's own document can be read",
        section: "OB 2.0 §Profile; Controlled Identifiers §3",
        required: Required::BADGE,
        answers: Authentic,
        check: issuer::resolved,
    },
    About {
        id: "issuer.key",
        title: "The key is the issuer's",
        section: "OB 3.0 §8.3; VC Data Integrity §4.4; OB 2.0 §SignedBadge",
        required: Required::BADGE,
        answers: Authentic,
        check: issuer::key,
    },
    About {
        id: "issuer.known",
        title: "The issuer is known",
        section: "the operator's list of issuers and keys",
        required: Required::STRICT,
        answers: Neither,
        check: issuer::known,
    },
    About {
        id: "hosted.document",
        title: "The badge is served at its own address",
        section: "OB 2.0 §HostedBadge",
        required: Required::BADGE,
        answers: Authentic,
        check: hosted::document,
    },
    About {
        id: "hosted.id",
        title: "Each served document carries its own address",
        section: "OB 2.0 §HostedBadge",
        required: Required::BADGE,
        answers: Authentic,
        check: hosted::id,
    },
    About {
        id: "hosted.scope",
        title: "The address belongs to the issuer",
        section: "OB 2.0 §VerificationObject (startsWith, allowedOrigins)",
        required: Required::BADGE,
        answers: Authentic,
        check: hosted::scope,
    },
    About {
        id: "hosted.copy",
        title: "The copy given is what is served",
        section: "OB 2.0 §HostedBadge",
        required: Required::NEVER,
        answers: Neither,
        check: hosted::copy,
    },
    About {
        id: "badge-class.resolved",
        title: "The badge class can be read",
        section: "OB 2.0 §BadgeClass; OB 3.0 §B.1.3",
        required: Required::BADGE,
        answers: Authentic,
        check: badge_class::resolved,
    },
    About {
        id: "badge-class.issuer",
        title: "The issuer may award this badge class",
        section: "OB 2.0 §BadgeClass",
        required: Required::BADGE,
        answers: Authentic,
        check: badge_class::issuer,
    },
    About {
        id: "badge-class.criteria",
        title: "The badge class says how it is earned",
        section: "OB 2.0 §Criteria; OB 3.0 §B.1.6",
        required: Required::BADGE,
        answers: Neither,
        check: badge_class::criteria,
    },
    About {
        id: "time.dates",
        title: "Its dates are dates",
        section: "OB 2.0 §DateTime; VCDM 2.0 §4.9",
        required: Required::BADGE,
        answers: InForce,
        check: time::well_formed,
    },
    About {
        id: "time.not-yet-valid",
        title: "Its time has begun",
        section: "OB 2.0 §Assertion; VCDM 2.0 §4.9",
        required: Required::BADGE,
        answers: InForce,
        check: time::not_yet_valid,
    },
    About {
        id: "time.expired",
        title: "It has not expired",
        section: "OB 2.0 §Assertion; VCDM 2.0 §4.9",
        required: Required::BADGE,
        answers: InForce,
        check: time::expired,
    },
    About {
        id: "status.read",
        title: "Its status can be read",
        section: "Bitstring Status List §3.2; OB 2.0 §RevocationList",
        required: Required::BADGE,
        answers: InForce,
        check: status::read,
    },
    About {
        id: "status.revoked",
        title: "It was not revoked",
        section: "Bitstring Status List §3.2; OB 2.0 §RevocationList",
        required: Required::BADGE,
        answers: InForce,
        check: status::revoked,
    },
    About {
        id: "status.suspended",
        title: "It is not suspended",
        section: "Bitstring Status List §3.2",
        required: Required::BADGE,
        answers: InForce,
        check: status::suspended,
    },
    About {
        id: "status.other",
        title: "What else its status says",
        section: "Bitstring Status List §2.1",
        required: Required::NEVER,
        answers: Neither,
        check: status::other,
    },
    About {
        id: "recipient.expected",
        title: "It belongs to the person expected",
        section: "OB 2.0 §IdentityObject; OB 3.0 §10.1.3",
        required: Required::BADGE,
        answers: Neither,
        check: recipient::expected,
    },
    About {
        id: "results.levels",
        title: "Its results belong to its badge class",
        section: "OB 3.0 §B.1.10, §B.1.11",
        required: Required::BADGE,
        answers: Neither,
        check: results::levels,
    },
    About {
        id: "evidence.present",
        title: "Its evidence",
        section: "OB 2.0 §Evidence; OB 3.0 §B.1.7",
        required: Required::NEVER,
        answers: Neither,
        check: evidence::present,
    },
    About {
        id: "evidence.digest",
        title: "What it states digests of is unchanged",
        section: "VCDM 2.0 §5.3",
        required: Required::NEVER,
        answers: Neither,
        check: evidence::digest,
    },
    About {
        id: "alignment.known",
        title: "The standards it names",
        section: "OB 2.0 §AlignmentObject; OB 3.0 §B.1.4",
        required: Required::NEVER,
        answers: Neither,
        check: evidence::alignment,
    },
    About {
        id: "endorsement.verified",
        title: "Endorsements of it",
        section: "OB 2.0 §Endorsement; OB 3.0 §B.2",
        required: Required::NEVER,
        answers: Neither,
        check: endorsement::verified,
    },
    About {
        id: "refresh.latest",
        title: "It is the newest issue",
        section: "OB 3.0 §10.1.1",
        required: Required::NEVER,
        answers: Neither,
        check: refresh::latest,
    },
    About {
        id: "parts.authentic",
        title: "Each credential in it is what its issuer made",
        section: "CLR 2.0 §B.1.2; VCDM 2.0 §4.13",
        required: Required::ALWAYS,
        answers: Authentic,
        check: parts::authentic,
    },
    About {
        id: "parts.in-force",
        title: "Each credential in it is valid",
        section: "CLR 2.0 §B.1.2; VCDM 2.0 §4.13",
        required: Required::BADGE,
        answers: InForce,
        check: parts::in_force,
    },
];

/// What is fixed about the check with this id.
pub fn about(id: &str) -> Option<&'static About> {
    TABLE.iter().find(|about| about.id == id)
}

/// Runs every check.
pub(super) fn run(case: &Case<'_>) -> Vec<CheckReport> {
    TABLE
        .iter()
        .map(|about| {
            let finding = (about.check)(case);
            CheckReport {
                id: about.id.into(),
                outcome: finding.outcome,
                title: about.title.into(),
                message: finding.message,
                facts: finding.facts,
                trace: finding.trace.map(|trace| *trace).filter(|_| case.bench.trace),
            }
        })
        .collect()
}
