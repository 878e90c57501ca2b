//! Tells what a JSON document is, by its contexts and types.

use crate::json::Value;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Open Badges 3.0 AchievementCredential (or OpenBadgeCredential).
    Ob3Achievement(DataModel),
    /// Open Badges 3.0 EndorsementCredential.
    Ob3Endorsement(DataModel),
    /// Comprehensive Learner Record 2.0.
    Clr2(DataModel),
    /// A Bitstring status list credential, or the older StatusList2021Credential.
    StatusList(DataModel),
    /// Another Verifiable Credential.
    Credential(DataModel),
    /// A Verifiable Presentation.
    Presentation(DataModel),
    /// An assertion of Open Badges before 3.0.
    Assertion(Ob2Version),
    /// A badge class of Open Badges before 3.0.
    BadgeClass(Ob2Version),
    /// An issuer profile of Open Badges before 3.0.
    Issuer(Ob2Version),
    /// An endorsement of Open Badges 2.0 or 2.1.
    Endorsement(Ob2Version),
    /// A revocation list of Open Badges before 3.0.
    RevocationList(Ob2Version),
    /// A public key of Open Badges before 3.0.
    CryptographicKey(Ob2Version),
    /// A DID document.
    DidDocument,
    /// None of these.
    Unknown,
}

/// Version of the Verifiable Credentials Data Model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataModel {
    /// 1.1: `issuanceDate`, `expirationDate`.
    V1,
    /// 2.0: `validFrom`, `validUntil`.
    V2,
    /// A credential whose first context is neither.
    Other,
}

/// Version of Open Badges before 3.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ob2Version {
    /// 0.5: the recipient is a plain string.
    V0_5,
    /// 1.0: no context.
    V1_0,
    /// 1.1: context `…/v1`.
    V1_1,
    /// 2.0.
    V2_0,
    /// 2.1.
    V2_1,
}

impl Ob2Version {
    /// The number, such as `2.0`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V0_5 => "0.5",
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }
}

impl DocumentKind {
    /// The version of Open Badges that it belongs to, such as `2.0`.
    pub fn open_badges_version(self) -> Option<&'static str> {
        match self {
            Self::Ob3Achievement(_) | Self::Ob3Endorsement(_) => Some("3.0"),
            Self::Assertion(version)
            | Self::BadgeClass(version)
            | Self::Issuer(version)
            | Self::Endorsement(version)
            | Self::RevocationList(version)
            | Self::CryptographicKey(version) => Some(version.as_str()),
            _ => None,
        }
    }
}

/// Tells what a document is. It looks at contexts, types and, where those are missing as in Open
/// Badges 1.0 and before, at the members that only one kind of document has.
pub fn detect(document: &Value<'_>) -> DocumentKind {
    if document.as_object().is_none() {
        return DocumentKind::Unknown;
    }
    let contexts = strings(document, &["@context"]);
    let types = strings(document, &["type", "@type"]);
    // The end of an IRI counts too, so that `obi:Assertion` and full IRIs are known.
    let is =
        |name: &str| types.iter().any(|kind| kind.rsplit(['#', '/', ':']).next() == Some(name));
    let model = data_model(&contexts);
    let plain_credential = is("VerifiableCredential");

    // An Open Badges 2 endorsement is called `Endorsement`, a badge of it may be a Credential too:
    // the credential type decides only together with its context or its subject.
    if plain_credential || (model.is_some() && document.get("credentialSubject").is_some()) {
        let model = model.unwrap_or(DataModel::Other);
        return if is("AchievementCredential") || is("OpenBadgeCredential") {
            DocumentKind::Ob3Achievement(model)
        } else if is("EndorsementCredential") {
            DocumentKind::Ob3Endorsement(model)
        } else if is("ClrCredential") {
            DocumentKind::Clr2(model)
        } else if is("BitstringStatusListCredential") || is("StatusList2021Credential") {
            DocumentKind::StatusList(model)
        } else {
            DocumentKind::Credential(model)
        };
    }
    if is("VerifiablePresentation") {
        return DocumentKind::Presentation(model.unwrap_or(DataModel::Other));
    }
    let has = |name: &str| document.get(name).is_some();
    if has("verificationMethod") || contexts.iter().any(|url| is_did_context(url)) {
        return DocumentKind::DidDocument;
    }
    ob2(document, &contexts, is)
}

fn ob2(document: &Value<'_>, contexts: &[String], is: impl Fn(&str) -> bool) -> DocumentKind {
    let has = |name: &str| document.get(name).is_some();
    let version = match ob2_context(contexts) {
        Some(version) => version,
        None if !contexts.is_empty() => return DocumentKind::Unknown,
        None if document.get("recipient").is_some_and(|who| who.as_str().is_some()) => {
            Ob2Version::V0_5
        }
        None => Ob2Version::V1_0,
    };
    if is("Assertion") {
        DocumentKind::Assertion(version)
    } else if is("BadgeClass") {
        DocumentKind::BadgeClass(version)
    } else if is("Endorsement") {
        DocumentKind::Endorsement(version)
    } else if is("RevocationList") {
        DocumentKind::RevocationList(version)
    } else if is("CryptographicKey") || is("Key") {
        DocumentKind::CryptographicKey(version)
    } else if is("Issuer") || is("Profile") || is("IssuerOrg") {
        DocumentKind::Issuer(version)
    } else if has("recipient") && has("badge") {
        DocumentKind::Assertion(version)
    } else if has("criteria") && has("issuer") {
        DocumentKind::BadgeClass(version)
    } else if has("revokedAssertions") {
        DocumentKind::RevocationList(version)
    } else if has("publicKeyPem") {
        DocumentKind::CryptographicKey(version)
    } else if has("id") && has("revoked") && version >= Ob2Version::V1_1 {
        // What is left of a hosted assertion after its revocation.
        DocumentKind::Assertion(version)
    } else if has("name") && has("url") {
        DocumentKind::Issuer(version)
    } else {
        DocumentKind::Unknown
    }
}

fn data_model(contexts: &[String]) -> Option<DataModel> {
    contexts.iter().find_map(|url| match url.trim_end_matches('/') {
        "https://www.w3.org/2018/credentials/v1" => Some(DataModel::V1),
        "https://www.w3.org/ns/credentials/v2" => Some(DataModel::V2),
        _ => None,
    })
}

fn is_did_context(url: &str) -> bool {
    url.starts_with("https://www.w3.org/ns/did/") || url == "https://www.w3.org/ns/cid/v1"
}

fn ob2_context(contexts: &[String]) -> Option<Ob2Version> {
    contexts.iter().find_map(|url| {
        let url = url.trim_end_matches('/').to_ascii_lowercase();
        let known = ["w3id.org/openbadges", "openbadgespec.org", "purl.imsglobal.org/spec/ob"]
            .iter()
            .any(|host| url.contains(host));
        if !known {
            None
        } else if url.contains("v2p1") {
            Some(Ob2Version::V2_1)
        } else if url.ends_with("/v2") || url.contains("/v2/") || url.contains("v2p0") {
            Some(Ob2Version::V2_0)
        } else if url.ends_with("/v1") || url.contains("/v1/") {
            Some(Ob2Version::V1_1)
        } else {
            None
        }
    })
}

/// The strings of a member: itself or the elements of an array.
fn strings(document: &Value<'_>, names: &[&str]) -> Vec<String> {
    let found = names.iter().find_map(|name| document.get(name));
    let items = found.map(Value::items).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[track_caller]
    fn is(text: &str, kind: DocumentKind) {
        assert_eq!(detect(&json::parse(text).unwrap()), kind, "{text}");
    }

    #[test]
    fn documents_are_told_apart_by_context_and_type() {
        is(
            r#"{"@context":["https://www.w3.org/ns/credentials/v2"],
                "type":["VerifiableCredential","OpenBadgeCredential"]}"#,
            DocumentKind::Ob3Achievement(DataModel::V2),
        );
        is(
            r#"{"@context":["https://www.w3.org/2018/credentials/v1"],
                "type":["VerifiableCredential","AchievementCredential"]}"#,
            DocumentKind::Ob3Achievement(DataModel::V1),
        );
        is(
            r#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}"#,
            DocumentKind::Assertion(Ob2Version::V2_0),
        );
        is(
            r#"{"@context":"https://w3id.org/openbadges/v2","@type":"obi:BadgeClass"}"#,
            DocumentKind::BadgeClass(Ob2Version::V2_0),
        );
        is(
            r#"{"@context":"https://w3id.org/openbadges/v1","type":"Assertion"}"#,
            DocumentKind::Assertion(Ob2Version::V1_1),
        );
        is(
            r#"{"@context":"https://w3id.org/openbadges/v2","id":"https://a.b/1","revoked":true}"#,
            DocumentKind::Assertion(Ob2Version::V2_0),
        );
        is(
            r#"{"@context":"https://www.w3.org/ns/did/v1","id":"did:web:a"}"#,
            DocumentKind::DidDocument,
        );
    }

    #[test]
    fn documents_without_context_are_told_apart_by_their_members() {
        is(
            r#"{"uid":"1","recipient":{"type":"email"},"badge":"https://a.b","verify":{}}"#,
            DocumentKind::Assertion(Ob2Version::V1_0),
        );
        is(
            r#"{"recipient":"sha256$ab","badge":{"version":"0.5.0"}}"#,
            DocumentKind::Assertion(Ob2Version::V0_5),
        );
        is(r#"{"name":"x","url":"https://a.b"}"#, DocumentKind::Issuer(Ob2Version::V1_0));
        is(r#"{"hello":"world"}"#, DocumentKind::Unknown);
        is(
            r#"{"@context":"https://schema.org","recipient":{},"badge":"x"}"#,
            DocumentKind::Unknown,
        );
        is("[]", DocumentKind::Unknown);
    }
}
