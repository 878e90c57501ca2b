//! What somebody wants to be verified, and how: read from a JSON body or a form.

use jiff::Timestamp;

use super::body;
use super::form::Form;
use super::problem::Problem;
use crate::domain::{Problems, parse_instant};
use crate::json::Value;
use crate::language::Language;
use crate::verifier::{Expected, Input, PolicyName};

/// What somebody wants to be verified, and how.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) input: Input,
    pub(super) recipient: Option<Expected>,
    pub(super) at: Option<Timestamp>,
    pub(super) policy: PolicyName,
    /// The language of the report, if one was asked for.
    pub(super) language: Option<Language>,
    pub(super) trace: bool,
    /// Whether evidence is looked at.
    pub(super) evidence: bool,
    /// Whether a signed receipt is wanted.
    pub(super) receipt: bool,
    /// Whether the dossier is wanted.
    pub(super) dossier: bool,
}

impl Asked {
    const MEMBERS: [&str; 11] = [
        "url",
        "credential",
        "token",
        "recipient",
        "at",
        "policy",
        "language",
        "trace",
        "evidence",
        "receipt",
        "dossier",
    ];

    /// The parts of a form.
    pub(super) const PARTS: &[&str] = &[
        "file",
        "recipient",
        "at",
        "policy",
        "language",
        "trace",
        "evidence",
        "receipt",
        "dossier",
    ];

    /// What a JSON body asks for.
    ///
    /// # Errors
    /// `invalid-body` with every problem of it.
    pub(super) fn of_json(body: &[u8]) -> Result<Self, Problem> {
        let value = body::parse(body)?;
        let mut problems = Problems::new();
        let Some(object) = value.as_object() else {
            let detail = format!("expected an object, found {}", value.kind());
            return Err(Problem::invalid("", "not-an-object", detail));
        };
        for (name, _) in object.iter().filter(|(name, _)| !Self::MEMBERS.contains(name)) {
            let shown: String = name.chars().take(60).collect();
            let detail = format!("there is no such member; there are {}", Self::MEMBERS.join(", "));
            problems.add(format!("/{shown}"), "unknown-member", detail);
        }
        let given = |name: &str| value.get(name).filter(|value| **value != Value::Null);
        let text = |name: &str, problems: &mut Problems| match given(name)? {
            Value::String(text) => Some(text.to_string()),
            other => {
                let detail = format!("expected a string, found {}", other.kind());
                problems.add(format!("/{name}"), "not-a-string", detail);
                None
            }
        };
        let inputs: Vec<&str> = ["url", "credential", "token"]
            .into_iter()
            .filter(|name| given(name).is_some())
            .collect();
        let input = match inputs.as_slice() {
            ["url"] => text("url", &mut problems).map(Input::Url),
            ["token"] => text("token", &mut problems).map(|text| Input::Bytes(text.into_bytes())),
            ["credential"] => match given("credential") {
                // Some send the JSON text as a string.
                Some(Value::String(text)) => Some(Input::Bytes(text.as_bytes().to_vec())),
                // As it was spelled: the value keeps the order of members and the text of numbers.
                Some(value) => Some(Input::Bytes(value.to_string().into_bytes())),
                None => None,
            },
            _ => {
                problems.add("", "required", "give exactly one of url, credential and token");
                None
            }
        };
        let recipient = given("recipient")
            .and_then(|value| expected(&value.to_string(), "/recipient", &mut problems));
        let at =
            text("at", &mut problems).and_then(|text| problems.take("/at", parse_instant(&text)));
        let policy = text("policy", &mut problems).and_then(|text| policy(&text, &mut problems));
        let language =
            text("language", &mut problems).and_then(|text| language(&text, &mut problems));
        let flag = |name: &str, problems: &mut Problems| match given(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                let detail = format!("expected true or false, found {}", other.kind());
                problems.add(format!("/{name}"), "not-a-boolean", detail);
                false
            }
        };
        let trace = flag("trace", &mut problems);
        let evidence = flag("evidence", &mut problems);
        let receipt = flag("receipt", &mut problems);
        let dossier = flag("dossier", &mut problems);
        let policy = policy.unwrap_or_default();
        match input {
            Some(input) => Ok(problems.or(Self {
                input,
                recipient,
                at,
                policy,
                language,
                trace,
                evidence,
                receipt,
                dossier,
            })?),
            None => Err(problems.into()),
        }
    }

    /// What a form with a file asks for.
    ///
    /// # Errors
    /// `invalid-body` with every problem of it.
    pub(super) fn of_form(form: &Form) -> Result<Self, Problem> {
        let mut problems = Problems::new();
        let Some(file) = form.bytes("file") else {
            return Err(Problem::invalid("/file", "required", "the file is missing or empty"));
        };
        let recipient = form.text("recipient")?.and_then(|text| {
            // An address as it is, or what the JSON body would say.
            if text.starts_with(['{', '"']) {
                expected(text, "/recipient", &mut problems)
            } else {
                Some(Expected::Any(text.to_owned()))
            }
        });
        let at = form.text("at")?.and_then(|text| problems.take("/at", parse_instant(text)));
        let policy = form.text("policy")?.and_then(|text| policy(text, &mut problems));
        let policy = policy.unwrap_or_default();
        let language = form.text("language")?.and_then(|text| language(text, &mut problems));
        let mut flag = |name: &str| match form.text(name)? {
            None | Some("false") => Ok::<_, Problem>(false),
            Some("true") => Ok(true),
            Some(_) => {
                problems.add(format!("/{name}"), "not-a-boolean", "use true or false");
                Ok(false)
            }
        };
        let (trace, evidence) = (flag("trace")?, flag("evidence")?);
        let (receipt, dossier) = (flag("receipt")?, flag("dossier")?);
        let input = Input::sniff(file.to_vec());
        Ok(problems.or(Self {
            input,
            recipient,
            at,
            policy,
            language,
            trace,
            evidence,
            receipt,
            dossier,
        })?)
    }
}

fn policy(text: &str, problems: &mut Problems) -> Option<PolicyName> {
    text.parse()
        .map_err(|error: crate::verifier::UnknownPolicy| {
            problems.add("/policy", "unknown-policy", error.to_string());
        })
        .ok()
}

fn language(tag: &str, problems: &mut Problems) -> Option<Language> {
    let known = Language::of_tag(tag);
    if known.is_none() {
        problems.add("/language", "unknown-language", "it is en or es");
    }
    known
}

fn expected(json: &str, pointer: &str, problems: &mut Problems) -> Option<Expected> {
    let read = serde_json::from_str::<Expected>(json).ok();
    if read.is_none() {
        let detail = "use an address, or an object from identity type to one or several values";
        problems.add(pointer, "bad-recipient", detail);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_request_is_told() {
        let body = br#"{"url":1,"recipient":[1],"at":"soon","policy":"lenient",
            "language":"de","trace":"yes","evidence":"no","receipt":1,"dossier":2,"x":0}"#;
        let problem = Asked::of_json(body).unwrap_err();
        let pointers: Vec<&str> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/x",
                "/url",
                "/recipient",
                "/at",
                "/policy",
                "/language",
                "/trace",
                "/evidence",
                "/receipt",
                "/dossier"
            ]
        );
    }

    #[test]
    fn exactly_one_thing_is_verified() {
        for body in ["{}", r#"{"url":"https://a.example","token":"eyJ"}"#, r#"{"url":null}"#] {
            assert!(Asked::of_json(body.as_bytes()).is_err(), "{body}");
        }
        let asked =
            Asked::of_json(br#"{"credential":{"b":1.0,"a":1e2},"recipient":{"email":"a@b.c"}}"#);
        let asked = asked.unwrap();
        assert_eq!(asked.input, Input::Bytes(br#"{"b":1.0,"a":1e2}"#.to_vec()));
        assert!(matches!(asked.recipient, Some(Expected::Typed(_))));
    }
}
