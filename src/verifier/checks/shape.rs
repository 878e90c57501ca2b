//! The shape of a badge: contexts, terms, members, schemas.

use std::fmt::Display;

use super::{Finding, nothing_to_look_at, ob2_shape, ob3_shape};
use crate::json::Value;
use crate::linked_data::{Error, Refusal};
use crate::verifier::case::{Case, Credential, Linked, Subject};

/// What is wrong with a document, each with its place.
#[derive(Default)]
pub(super) struct Faults(Vec<(String, String)>);

impl Faults {
    pub(super) fn add(&mut self, pointer: impl Display, what: impl Into<String>) {
        // A hostile document has no end of faults; a reader has.
        if self.0.len() < 32 {
            self.0.push((pointer.to_string(), what.into()));
        }
    }

    /// Adds the fault unless the condition holds. The pointer is written out only for a fault.
    pub(super) fn check(&mut self, holds: bool, pointer: impl Display, what: &str) {
        if !holds {
            self.add(pointer, what);
        }
    }

    /// The places, in their order.
    #[cfg(test)]
    pub(super) fn pointers(&self) -> Vec<String> {
        self.0.iter().map(|(pointer, _)| pointer.clone()).collect()
    }

    fn finding(self, fine: &'static str) -> Finding {
        let Some((pointer, what)) = self.0.first() else { return Finding::pass(fine) };
        let place = if pointer.is_empty() { "the top" } else { pointer };
        let message = match self.0.len() {
            1 => format!("at {place}: {what}"),
            many => format!("at {place}: {what}, and {} more problems", many - 1),
        };
        let list: Vec<serde_json::Value> = self
            .0
            .iter()
            .map(|(pointer, detail)| serde_json::json!({"pointer": pointer, "detail": detail}))
            .collect();
        Finding::fail(message).fact("problems", list)
    }
}

pub(super) fn context(case: &Case<'_>) -> Finding {
    let credential = match &case.subject {
        Subject::Credential(credential) => credential,
        Subject::Ob2(badge) => {
            return match &badge.assertion {
                Linked::Gone { .. } => {
                    Finding::skip("the withdrawn badge need not carry a context")
                }
                linked => match linked.value() {
                    Some(value) => ob2_shape::context(badge, value),
                    None => Finding::skip("the badge was not read"),
                },
            };
        }
        _ => return nothing_to_look_at(),
    };
    if let Some(fault) = ob3_shape::context(credential) {
        return Finding::fail(fault);
    }
    if let Some(pointer) = nested_context(&credential.value, &mut Way::default(), true) {
        return Finding::fail("a context below the top level").fact("pointer", pointer);
    }
    match linked_error(case, credential) {
        Some(Error::UnknownContext(url)) => {
            Finding::unknown(format!("it cannot be judged here: the context {url} is not known"))
                .fact("context", url)
        }
        Some(
            error @ Error::Unsafe {
                refusal: Refusal::InlineContext | Refusal::NestedContext, ..
            },
        ) => Finding::fail(error.to_string()),
        _ => Finding::pass("the contexts are known and in their places"),
    }
}

pub(super) fn terms(case: &Case<'_>) -> Finding {
    let credential = match &case.subject {
        Subject::Credential(credential) => credential,
        Subject::Ob2(badge) => {
            return match badge.assertion.value() {
                Some(_) => ob2_shape::terms(badge),
                None => Finding::skip("the badge was not read"),
            };
        }
        _ => return nothing_to_look_at(),
    };
    match linked_error(case, credential) {
        None => Finding::pass("every member has a meaning that the contexts define"),
        Some(error @ Error::UnknownContext(_)) => Finding::unknown(error.to_string()),
        Some(error) => {
            let pointer = error.pointer().map(str::to_owned);
            Finding::fail(error.to_string()).fact("pointer", pointer)
        }
    }
}

/// Why the credential has no full meaning: from a proof that covers it, else from its own reading.
fn linked_error(case: &Case<'_>, credential: &Credential) -> Option<Error> {
    let of_proof = credential.proofs(case).iter().find_map(|proof| proof.canonical.clone());
    of_proof.or_else(|| credential.linked(case).as_ref().err().cloned())
}

/// The first `@context` below the top level; only credentials within may carry their own, and proofs
/// of the JCS suites, which must name it (EdDSA Cryptosuites §3.3.2, ECDSA §3.3.2).
fn nested_context<'v>(value: &'v Value<'_>, way: &mut Way<'v>, may_carry: bool) -> Option<String> {
    match value {
        Value::Object(object) => {
            if !may_carry && object.contains_key("@context") {
                return Some(format!("{}/@context", way.pointer()));
            }
            object.iter().filter(|(name, _)| *name != "@context").find_map(|(name, value)| {
                let inner = match name {
                    "endorsement" | "verifiableCredential" => true,
                    "proof" => value.items().iter().all(is_of_jcs),
                    _ => false,
                };
                way.below(Step::Member(name), |way| nested_context(value, way, inner))
            })
        }
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| {
            way.below(Step::Item(at), |way| nested_context(item, way, may_carry))
        }),
        _ => None,
    }
}

/// The pointer to a member of the object at a pointer.
pub(super) struct Under<'p>(pub(super) &'p str, pub(super) &'p str);

impl Display for Under<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

/// The way from the top of a document to a value; it becomes a pointer only where there is something
/// to point to.
#[derive(Default)]
pub(super) struct Way<'v>(Vec<Step<'v>>);

#[derive(Clone, Copy)]
pub(super) enum Step<'v> {
    Member(&'v str),
    Item(usize),
}

impl<'v> Way<'v> {
    pub(super) fn below<T>(&mut self, step: Step<'v>, look: impl FnOnce(&mut Self) -> T) -> T {
        self.0.push(step);
        let found = look(self);
        self.0.pop();
        found
    }

    pub(super) fn pointer(&self) -> String {
        self.0.iter().fold(String::new(), |mut pointer, step| {
            use std::fmt::Write as _;
            // Writing to a `String` cannot fail.
            let _ = match step {
                Step::Member(name) => {
                    write!(pointer, "/{}", name.replace('~', "~0").replace('/', "~1"))
                }
                Step::Item(at) => write!(pointer, "/{at}"),
            };
            pointer
        })
    }
}

fn is_of_jcs(proof: &Value<'_>) -> bool {
    proof.str_of("cryptosuite").is_some_and(|suite| suite.contains("-jcs-"))
}

pub(super) fn members(case: &Case<'_>) -> Finding {
    let mut faults = Faults::default();
    match &case.subject {
        Subject::Credential(credential) => ob3_shape::members(credential, &mut faults),
        Subject::Ob2(badge) => {
            if matches!(badge.assertion, Linked::Gone { .. }) {
                return Finding::skip("a withdrawn badge may drop its members");
            }
            if badge.assertion.value().is_none() {
                return Finding::skip("the badge was not read");
            }
            ob2_shape::members(badge, &mut faults);
        }
        _ => return nothing_to_look_at(),
    }
    faults.finding("what must be there is there, and of the right kind")
}
