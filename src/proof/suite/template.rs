//! The canonical form of an ordinary proof configuration, with two holes.
//!
//! The proofs of an issuer differ in their date and their key. What the engine makes of such a
//! configuration is kept with holes for these, so that the next one costs no more than its hash.
//! Anything unusual about a proof, one member more or a character that might be escaped, and it goes
//! to the engine.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Proof, Suite, rdfc};
use crate::json::{Object, Value};
use crate::linked_data::Contexts;
use crate::proof::key::KeyType;

/// Members of a configuration that has a template; the proof's value beside them is no part of it.
const MEMBERS: [&str; 5] = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose"];
const PURPOSE: &str = "assertionMethod";

/// What stands in the holes when a template is made.
const CREATED: &str = "2001-02-03T04:05:06Z";
const METHODS: [&str; 2] = ["did:example:hole#hole", "https://hole.example/#hole"];

/// Templates kept: contexts in use, times suites, times ways to name a key.
const KEPT: usize = 32;

/// A canonical form with holes, and for what it was made.
pub(super) struct Template {
    contexts: u64,
    context: Value<'static>,
    suite: Suite,
    key: KeyType,
    /// Which of [`METHODS`] it was made with.
    method: usize,
    /// What stands around the holes; none if there is no template for this.
    pieces: Option<Pieces>,
}

struct Pieces {
    texts: [String; 3],
    /// Whether the date comes before the key.
    date_first: bool,
}

impl Template {
    /// The canonical form of the configuration of `proof` in a document with this `@context`, if
    /// there is a template for it.
    pub(super) fn fill(
        proof: &Proof<'_>,
        context: Option<&Value<'_>>,
        key: KeyType,
        contexts: &Contexts,
    ) -> Option<String> {
        let context = context?;
        let created = date(proof, context)?;
        let method = METHODS.iter().position(|model| {
            let scheme = model.split(':').next().unwrap_or_default();
            proof.verification_method.split(':').next() == Some(scheme)
        })?;
        let template = Self::known(context, proof.suite, key, method, contexts)?;
        let pieces = template.pieces.as_ref()?;
        let holes = match pieces.date_first {
            true => [created, proof.verification_method],
            false => [proof.verification_method, created],
        };
        let [before, between, after] = &pieces.texts;
        Some([before, holes[0], between, holes[1], after].concat())
    }

    /// The template for this, made at its first use.
    fn known(
        context: &Value<'_>,
        suite: Suite,
        key: KeyType,
        method: usize,
        contexts: &Contexts,
    ) -> Option<Arc<Self>> {
        static TEMPLATES: RwLock<Vec<Arc<Template>>> = RwLock::new(Vec::new());
        let fits = |template: &&Arc<Template>| {
            template.contexts == contexts.id()
                && template.suite == suite
                && template.key == key
                && template.method == method
                && template.context == *context
        };
        let templates = TEMPLATES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = templates.iter().find(fits) {
            return Some(Arc::clone(known));
        }
        drop(templates);
        // Inline contexts, and ones that are not known, are the engine's.
        if !context.items().iter().all(|item| item.as_str().is_some_and(|u| contexts.contains(u))) {
            return None;
        }
        let made = Arc::new(Self {
            contexts: contexts.id(),
            context: context.clone().into_owned(),
            suite,
            key,
            method,
            pieces: Pieces::make(context, suite, key, METHODS.get(method)?, contexts),
        });
        let mut templates = TEMPLATES.write().unwrap_or_else(PoisonError::into_inner);
        if templates.len() >= KEPT {
            templates.clear();
        }
        templates.push(Arc::clone(&made));
        Some(made)
    }
}

impl Pieces {
    fn make(
        context: &Value<'_>,
        suite: Suite,
        key: KeyType,
        method: &str,
        contexts: &Contexts,
    ) -> Option<Self> {
        let rules = suite.rules();
        let mut configuration = Object::default();
        for (name, text) in [
            ("type", Some(rules.proof_type)),
            ("cryptosuite", rules.cryptosuite),
            ("created", Some(CREATED)),
            ("verificationMethod", Some(method)),
            ("proofPurpose", Some(PURPOSE)),
        ] {
            if let Some(text) = text {
                configuration.insert(name, Value::String(text.to_owned().into()));
            }
        }
        let text = rdfc::configuration(configuration, Some(context), key, contexts).ok()?;
        let created = format!("\"{CREATED}\"");
        let method = format!("<{method}>");
        let once = |hole: &str| text.matches(hole).count() == 1;
        if !once(&created) || !once(&method) {
            return None;
        }
        // The quotes and angle brackets stay.
        let hole = |hole: &str| text.find(hole).map(|at| (at + 1, at + hole.len() - 1));
        let (created, method) = (hole(&created)?, hole(&method)?);
        let date_first = created < method;
        let (first, second) = if date_first { (created, method) } else { (method, created) };
        let piece = |range: std::ops::Range<usize>| text.get(range).map(str::to_owned);
        Some(Self {
            texts: [piece(0..first.0)?, piece(first.1..second.0)?, piece(second.1..text.len())?],
            date_first,
        })
    }
}

/// The date of a proof that fits a template.
fn date<'p>(proof: &'p Proof<'_>, context: &Value<'_>) -> Option<&'p str> {
    let is_usual = |name: &str, value: &Value<'_>| match name {
        "@context" => value == context,
        "proofValue" => true,
        _ => MEMBERS.contains(&name) && value.as_str().is_some(),
    };
    let created = proof.members.get("created")?.as_str()?;
    let is_date = |byte: u8| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte);
    let mut fragments = 0;
    let mut is_plain = |byte: u8| {
        fragments += usize::from(byte == b'#');
        fragments < 2 && (byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte))
    };
    let fits = proof.purpose == PURPOSE
        && created.bytes().all(is_date)
        && proof.verification_method.bytes().all(&mut is_plain)
        && proof.members.iter().all(|(name, value)| is_usual(name, value));
    fits.then_some(created)
}
