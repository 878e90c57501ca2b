//! Parts that several bodies have.

use super::body::Body;
use super::{DESCRIPTION_LENGTH, NAME_LENGTH, SHORT_LENGTH};
use crate::domain::{
    Alignment, AlignmentType, Invalid, OtherIdentifier, ParentOrganisation, Problems, WebUrl,
};
use crate::urls::form;

const ALIGNMENTS: usize = 100;

/// `alignment`: what something meets in competency frameworks.
pub(super) fn alignments(body: &Body<'_, '_>, problems: &mut Problems) -> Vec<Alignment> {
    const KNOWN: [&str; 7] = [
        "type",
        "targetName",
        "targetUrl",
        "targetDescription",
        "targetFramework",
        "targetCode",
        "targetType",
    ];
    let mut alignments = Vec::new();
    for (place, item) in body.list("alignment", ALIGNMENTS, problems) {
        let Some(item) = Body::open(item, place, &KNOWN, problems) else { continue };
        item.require("targetUrl", problems);
        let target_name = item.required_text("targetName", SHORT_LENGTH, problems);
        let target_url = item.parsed("targetUrl", problems, web_url);
        let target_description = item.text("targetDescription", DESCRIPTION_LENGTH, problems);
        let target_framework = item.text("targetFramework", SHORT_LENGTH, problems);
        let target_code = item.text("targetCode", NAME_LENGTH, problems);
        let target_type = item.parsed("targetType", problems, AlignmentType::parse);
        if let (Some(target_name), Some(target_url)) = (target_name, target_url) {
            alignments.push(Alignment {
                target_name,
                target_url,
                target_description,
                target_framework,
                target_code,
                target_type,
            });
        }
    }
    alignments
}

/// `otherIdentifier`: what others call something.
pub(super) fn other_identifiers(
    body: &Body<'_, '_>,
    problems: &mut Problems,
) -> Vec<OtherIdentifier> {
    let mut identifiers = Vec::new();
    for (place, item) in body.list("otherIdentifier", 20, problems) {
        let known = ["type", "identifier", "identifierType"];
        let Some(item) = Body::open(item, place, &known, problems) else { continue };
        item.require("identifierType", problems);
        let identifier = item.required_text("identifier", SHORT_LENGTH, problems);
        let kind = item.parsed("identifierType", problems, identifier_type);
        if let (Some(identifier), Some(identifier_type)) = (identifier, kind) {
            identifiers.push(OtherIdentifier { identifier, identifier_type });
        }
    }
    identifiers
}

/// A term of Open Badges 3.0 IdentifierTypeEnum, or one that begins with `ext:`.
fn identifier_type(text: &str) -> Result<String, Invalid> {
    const KNOWN: [&str; 19] = [
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    ];
    let own = text.strip_prefix("ext:").is_some_and(|name| {
        (1..=100).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".|_-:".contains(&b))
    });
    if own || KNOWN.contains(&text) {
        Ok(text.to_owned())
    } else {
        let detail = format!("not one of {}, nor a name that begins with ext:", KNOWN.join(", "));
        Err(Invalid::new("bad-identifier-type", detail))
    }
}

/// `parentOrg`: the organisation that an issuer belongs to.
pub(super) fn parent(body: &Body<'_, '_>, problems: &mut Problems) -> Option<ParentOrganisation> {
    let value = body.get("parentOrg")?;
    let org = Body::open(value, body.at("parentOrg"), &["type", "id", "name"], problems)?;
    org.require("id", problems);
    let id = org.parsed("id", problems, web_url);
    let name = org.required_text("name", NAME_LENGTH, problems);
    Some(ParentOrganisation { id: id?, name: name? })
}

/// An address that can stand in a credential, which the readers of credentials hold to more than
/// browsers do: linked data has IRIs, which leave out some characters (RFC 3987 §2.2), and verifiers
/// take no address in which something is hidden.
pub(super) fn web_url(text: &str) -> Result<WebUrl, Invalid> {
    let bad = |detail: String| Invalid::new("bad-url", detail);
    let url = WebUrl::parse(text)?;
    if let Some(excluded) = text.chars().find(|c| "<>\"{}|^`".contains(*c)) {
        return Err(bad(format!("a URL with {excluded:?}; write it with % and its code")));
    }
    if text.matches('#').count() > 1 {
        return Err(bad("a URL with more than one '#'; write the others as %23".to_owned()));
    }
    form::check(text).map_err(|problem| bad(format!("verifiers refuse this URL: {problem}")))?;
    Ok(url)
}

/// A telephone number (E.164): `+`, then 2 to 15 digits of which the first is not zero.
pub(super) fn telephone(text: &str) -> Result<String, Invalid> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let valid = (2..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if valid {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new("bad-telephone", "use + and digits only, such as +12125550100"))
    }
}

/// A DID without path, query or fragment (DID Core §3.1).
pub(super) fn did(text: &str) -> Result<String, Invalid> {
    let parts = text.strip_prefix("did:").and_then(|rest| rest.split_once(':'));
    let valid = text.len() <= 2048
        && parts.is_some_and(|(method, id)| {
            !method.is_empty()
                && method.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && !id.is_empty()
                && !id.ends_with(':')
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:%-".contains(&b))
        });
    if valid {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new("bad-did", "not a DID such as did:key:z6Mk…"))
    }
}

/// SHA-256 in hex; lower case is kept.
pub(super) fn sha256(text: &str) -> Result<String, Invalid> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Invalid::new("bad-sha256", "use the 64 hex digits of a SHA-256"))
    }
}
