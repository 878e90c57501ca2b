//! The receipt of a verification: what was checked, when, and against which documents, as a
//! credential that whoever verified signs, and that can be filed and checked years later.

use serde_json::{Value, json};
use url::Url;

use super::report::Report;

/// Who gives a receipt, and under which names.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// The DID of the service.
    pub issuer: &'a str,
    /// The id of the receipt.
    pub id: &'a str,
    /// The URL of the context that defines its terms.
    pub context: &'a str,
}

impl Receipt<'_> {
    /// The receipt of a report, to be signed: a credential of VC Data Model 2.0 with the whole
    /// report, without its trace, as JSON literal.
    pub fn of(&self, report: &Report) -> Value {
        let mut subject = json!({ "type": "VerifiedBadge", "report": plain(report) });
        let badge = report.badge.as_ref().and_then(|badge| badge.id.as_deref());
        // What stands in a badge as its id need not be one.
        if let Some(id) = badge.filter(|id| Url::parse(id).is_ok())
            && let Some(members) = subject.as_object_mut()
        {
            members.insert("id".to_owned(), id.into());
        }
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", self.context],
            "id": self.id,
            "type": ["VerifiableCredential", "VerificationReceipt"],
            "issuer": self.issuer,
            "validFrom": report.checked_at.to_string(),
            "credentialSubject": subject,
        })
    }
}

fn plain(report: &Report) -> Value {
    let mut report = report.clone();
    report.checks.iter_mut().for_each(|check| check.trace = None);
    serde_json::to_value(&report).unwrap_or_default()
}
