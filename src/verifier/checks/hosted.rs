//! Open Badges 2.0: the documents at their addresses, the scope of the issuer, and the keys of
//! signed badges.

use url::Url;

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::proof::jws::{self, Algorithm, Compact};
use crate::proof::key::PublicKey;
use crate::resolve::form;
use crate::verifier::case::{
    Case, Linked, ON_RECORD, Ob2, Ob2Form, Token, id_of, member_of, same_url, verification,
};
use crate::verifier::trace;
use crate::wire::Ob2Version;

/// The badge, if it is hosted.
fn hosted<'c>(case: &'c Case<'_>) -> Result<&'c Ob2, Finding> {
    match case.ob2() {
        Some(badge) if matches!(badge.form, Ob2Form::Hosted) => Ok(badge),
        Some(_) => Err(Finding::skip("the badge is not a hosted one")),
        None => Err(Finding::skip("the badge is not one of Open Badges 2.0")),
    }
}

/// What the outcome of a document that is not there means for a check that needs it.
pub(super) fn unread(linked: &Linked, what: &str) -> Finding {
    match linked {
        Linked::Absent => Finding::skip(format!("nothing leads to {what}")),
        Linked::Pending { url } => {
            Finding::unknown(format!("{what} was not read")).fact("url", url.as_str())
        }
        Linked::Gone { url, .. } => {
            Finding::fail(format!("{what} has been withdrawn (410)")).fact("url", url.as_str())
        }
        Linked::Wrong { url, why } => {
            Finding::fail(format!("{what} cannot be used: {why}")).fact("url", url.as_str())
        }
        Linked::Unread { url, why } => {
            let text = format!("{what} could not be read: {why}");
            let finding =
                if why.is_definite() { Finding::fail(text) } else { Finding::unknown(text) };
            finding.fact("url", url.as_str())
        }
        Linked::Hosted { .. } | Linked::Embedded(_) => Finding::pass(format!("{what} was read")),
    }
}

pub(super) fn document(case: &Case<'_>) -> Finding {
    let badge = match hosted(case) {
        Ok(badge) => badge,
        Err(finding) => return finding,
    };
    match &badge.assertion {
        Linked::Hosted { url, document, .. } if document.crossed_origin => {
            Finding::fail("the badge was answered by another origin").fact("url", url.as_str())
        }
        Linked::Hosted { url, .. } => {
            Finding::pass("the badge was read at its address").fact("url", url.as_str())
        }
        Linked::Gone { url, .. } => {
            Finding::pass("the address answers that the badge was withdrawn")
                .fact("url", url.as_str())
        }
        Linked::Absent => Finding::fail("the badge has no web address at which it could be read"),
        other => unread(other, "the badge"),
    }
}

pub(super) fn id(case: &Case<'_>) -> Finding {
    let badge = match hosted(case) {
        Ok(badge) => badge,
        Err(finding) => return finding,
    };
    if let Linked::Hosted { url, value, .. } = &badge.assertion {
        match id_of(value) {
            Some(id) if same_url(id, url) => {}
            found => {
                return Finding::fail("the document at the badge's address carries another id")
                    .fact("url", url.as_str())
                    .fact("id", found);
            }
        }
    } else {
        return Finding::skip("the badge was not read at its address");
    }
    if let Linked::Hosted { url, value, .. } = &badge.class
        && !id_of(value).is_some_and(|id| same_url(id, url))
    {
        return Finding::fail("the document at the badge class's address carries another id")
            .fact("url", url.as_str());
    }
    match &badge.moved_from {
        Some(url) => Finding::note("the first document carried another address, which was judged")
            .fact("from", url.as_str()),
        None => Finding::pass("each document carries the address it was read at"),
    }
}

/// Whether the addresses of assertion and badge class belong to the issuer. Only the profile at the
/// issuer's own address can widen or narrow what belongs to it.
pub(super) fn scope(case: &Case<'_>) -> Finding {
    let badge = match hosted(case) {
        Ok(badge) => badge,
        Err(finding) => return finding,
    };
    let Some(assertion) = badge.assertion.value().and_then(id_of) else {
        return match &badge.assertion {
            Linked::Gone { .. } => {
                Finding::unknown("the withdrawn badge no longer names its issuer")
            }
            Linked::Hosted { .. } => Finding::fail("the badge has no id"),
            _ => Finding::skip("the badge was not read at its address"),
        };
    };
    let (issuer_url, rules) = match &badge.issuer {
        Linked::Hosted { url, value, .. } => (url.as_str(), Scope::of(value)),
        // The origin that the badge names; nothing inside the badge can widen it.
        Linked::Embedded(value) if badge.version == Ob2Version::V0_5 => {
            (value.str_of("url").unwrap_or_default(), Scope::default())
        }
        Linked::Embedded(_) | Linked::Wrong { .. } => {
            return Finding::fail("an issuer without a web address of its own has no scope");
        }
        _ => return Finding::unknown("the issuer's profile, which sets the scope, was not read"),
    };
    let Ok(issuer) = form::check(issuer_url) else {
        return Finding::fail("the issuer's address is refused for its form");
    };
    type Rule<'v> = fn(&Scope<'v>, &Url, &Url) -> Result<(), &'static str>;
    let mut addresses: Vec<(&str, &str, Rule<'_>)> = vec![("badge", assertion, Scope::admits)];
    if let Linked::Hosted { url, .. } = &badge.class {
        // `startsWith` speaks of assertions alone.
        addresses.push(("badge class", url, Scope::admits_origin));
    }
    for (what, address, rule) in addresses {
        let Ok(url) = form::check(address) else {
            return Finding::fail(format!("the address of the {what} is refused for its form"));
        };
        if let Err(why) = rule(&rules, &url, &issuer) {
            return Finding::fail(format!("the address of the {what} {why}"))
                .fact("address", address)
                .fact("issuer", issuer_url);
        }
    }
    Finding::pass("the addresses of badge and badge class belong to the issuer")
        .fact("issuer", issuer_url)
        .fact("assertion", assertion)
}

/// The hosted scope that a profile sets.
#[derive(Default)]
struct Scope<'v> {
    starts_with: Vec<&'v str>,
    allowed_origins: Vec<&'v str>,
}

impl<'v> Scope<'v> {
    fn of(profile: &'v Value<'static>) -> Self {
        let texts = |name: &str| {
            let found = verification(profile).and_then(|rules| member_of(rules, &[name]));
            let items = found.map(Value::items).unwrap_or_default();
            items.iter().map(|item| item.as_str().unwrap_or_default()).collect()
        };
        Self { starts_with: texts("startsWith"), allowed_origins: texts("allowedOrigins") }
    }

    fn admits(&self, url: &Url, issuer: &Url) -> Result<(), &'static str> {
        self.admits_origin(url, issuer)?;
        let starts = self.starts_with.is_empty()
            || self.starts_with.iter().any(|prefix| starts_with(url, prefix));
        if starts { Ok(()) } else { Err("does not start as the issuer's profile demands") }
    }

    fn admits_origin(&self, url: &Url, issuer: &Url) -> Result<(), &'static str> {
        let origin = if self.allowed_origins.is_empty() {
            url.origin() == issuer.origin()
        } else {
            self.allowed_origins.iter().any(|allowed| is_origin(url, allowed, issuer))
        };
        if origin {
            Ok(())
        } else {
            Err("is not on the issuer's origin, nor on one that its profile allows")
        }
    }
}

/// `allowedOrigins` names hosts, without scheme; a port may be there.
fn is_origin(url: &Url, allowed: &str, issuer: &Url) -> bool {
    let Ok(allowed) = Url::parse(&format!("{}://{allowed}/", url.scheme())) else { return false };
    let plain = allowed.path() == "/" && allowed.username().is_empty() && allowed.query().is_none();
    let scheme = url.scheme() == "https" || issuer.scheme() == "http";
    plain && scheme && allowed.origin() == url.origin()
}

/// A prefix of origin and whole path segments.
fn starts_with(url: &Url, prefix: &str) -> bool {
    let Ok(prefix) = form::check(prefix) else { return false };
    if prefix.origin() != url.origin() {
        return false;
    }
    if let Some(query) = prefix.query() {
        return prefix.path() == url.path() && url.query().is_some_and(|q| q.starts_with(query));
    }
    match url.path().strip_prefix(prefix.path()) {
        Some(rest) => rest.is_empty() || prefix.path().ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

pub(super) fn copy(case: &Case<'_>) -> Finding {
    let badge = match hosted(case) {
        Ok(badge) => badge,
        Err(finding) => return finding,
    };
    match &badge.assertion {
        Linked::Hosted { value, .. } if same_value(value, &badge.given) => {
            Finding::pass("the copy given is the document that is served")
        }
        Linked::Hosted { .. } => Finding::note(
            "the copy given differs from the document that is served, which is the one judged and shown",
        ),
        _ => Finding::skip("there is no served document to compare with"),
    }
}

/// Equality of JSON values, whatever the order of members.
fn same_value(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| {
                    other.get(name).is_some_and(|found| same_value(value, found))
                })
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same_value(a, b))
        }
        _ => one == other,
    }
}

/// RS256 is what signed badges have; ES256 and EdDSA are right too, though few read them.
pub(super) fn algorithm(token: &Compact<'_>) -> Finding {
    let algorithm = token.header().algorithm();
    let finding = Finding::pass(format!("the token is signed with {algorithm}"));
    finding
        .fact("algorithm", algorithm.as_str())
        .fact("unusual", (algorithm != Algorithm::Rs256).then_some(true))
}

/// The key that signed: of the candidates that the hosted profile lists, the one that fits, else the
/// first that can be read; or why there is none.
fn candidate(case: &Case<'_>) -> Result<PublicKey, Finding> {
    let Some(badge) = case.ob2() else { return Err(nothing_to_look_at()) };
    if let Some(key) = on_record(case) {
        return Ok(key);
    }
    match &badge.issuer {
        Linked::Hosted { .. } => {}
        Linked::Embedded(_) => {
            return Err(Finding::fail(
                "a key inside the badge proves nothing: the issuer has no address",
            ));
        }
        other => return Err(unread(other, "the issuer's profile, which lists its keys,")),
    }
    if badge.keys.is_empty() {
        return Err(match badge.creator() {
            Some(creator) => {
                Finding::fail("the issuer's profile does not list the key that the badge names")
                    .fact("creator", creator)
            }
            None => Finding::fail("the issuer's profile lists no key"),
        });
    }
    let token = match &badge.form {
        Ob2Form::Signed(token) => token.compact(),
        _ => None,
    };
    let mut first: Option<Result<PublicKey, Finding>> = None;
    for linked in &badge.keys {
        let key = key_of(linked, badge);
        if let (Ok(key), Some(token)) = (&key, &token)
            && jws::verify(token, key).is_ok()
        {
            return Ok(key.clone());
        }
        first = match first {
            Some(Ok(key)) => Some(Ok(key)),
            _ => Some(key),
        };
    }
    first.unwrap_or_else(|| Err(Finding::fail("the issuer's profile lists no key")))
}

/// The key that is compromised, where our record answers for what it signed.
fn on_record(case: &Case<'_>) -> Option<PublicKey> {
    case.key_on_record(case.ob2()?.creator()?)
}

fn key_of(linked: &Linked, badge: &Ob2) -> Result<PublicKey, Finding> {
    let Some(value) = linked.value() else { return Err(unread(linked, "the issuer's key")) };
    if let Linked::Hosted { url, document, .. } = linked {
        if document.crossed_origin {
            return Err(Finding::fail("the key was answered by another origin"));
        }
        if id_of(value).is_some_and(|id| !same_url(id, url)) {
            return Err(Finding::fail("the key's document does not carry its own address as id"));
        }
    }
    let owner = value.get("owner").and_then(id_of);
    let issuer = badge.issuer.url();
    if let (Some(owner), Some(issuer)) = (owner, issuer)
        && !same_url(owner, issuer)
    {
        return Err(
            Finding::fail("the key belongs to somebody else than the issuer").fact("owner", owner)
        );
    }
    let Some(pem) = value.str_of("publicKeyPem") else {
        return Err(Finding::fail("the key's document has no publicKeyPem"));
    };
    PublicKey::from_pem(pem)
        .map_err(|error| Finding::fail(format!("the key cannot be used: {error}")))
}

pub(super) fn key(case: &Case<'_>) -> Finding {
    match candidate(case) {
        Ok(key) => Finding::pass(told(case, "the key was read where the issuer's profile says"))
            .fact("creator", case.ob2().and_then(Ob2::creator))
            .fact("keyType", key.key_type().to_string())
            .fact("keyFingerprint", key.fingerprint().to_string()),
        Err(finding) => finding,
    }
}

pub(super) fn signature(case: &Case<'_>, token: &Token) -> Finding {
    let Some(compact) = token.compact() else {
        return Finding::fail("the token is refused before its signature is looked at");
    };
    match candidate(case) {
        Ok(key) => {
            let mut finding = match jws::verify(compact, &key) {
                Ok(()) => Finding::pass("the signature matches the token and the key"),
                Err(error) => Finding::fail(error.to_string()),
            };
            if case.bench.trace {
                finding.trace = Some(Box::new(trace::token(compact, Some(&key))));
            }
            finding.fact("algorithm", compact.header().algorithm().as_str())
        }
        Err(_) => Finding::unknown("without the issuer's key the signature cannot be tested"),
    }
}

/// The sentence about a key that counts, and the other one for a key that our record stands for.
fn told(case: &Case<'_>, usual: &'static str) -> &'static str {
    if on_record(case).is_some() { ON_RECORD } else { usual }
}

pub(super) fn issuer_key(case: &Case<'_>) -> Finding {
    match candidate(case) {
        Ok(_) => Finding::pass(told(case, "the issuer's profile lists the key"))
            .fact("issuer", case.ob2().and_then(|badge| badge.issuer.url())),
        Err(finding) => finding,
    }
}

/// The key that a signed badge of Open Badges 2.0 was signed with.
pub(super) fn signing_key(case: &Case<'_>) -> Option<PublicKey> {
    let badge = case.ob2()?;
    matches!(badge.form, Ob2Form::Signed(_)).then(|| candidate(case).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn admits(profile: &str, url: &str) -> bool {
        let profile = json::parse(profile).unwrap().into_owned();
        let issuer = form::check("https://issuer.example/profile").unwrap();
        let scope = Scope::of(&profile);
        form::check(url).is_ok_and(|url| scope.admits(&url, &issuer).is_ok())
    }

    #[test]
    fn without_rules_the_origin_is_the_scope() {
        assert!(admits("{}", "https://issuer.example/a/1"));
        for outside in [
            "http://issuer.example/a/1",
            "https://issuer.example:8443/a/1",
            "https://issuer.example.evil.example/a/1",
            "https://evil.example/issuer.example",
            "https://sub.issuer.example/a/1",
        ] {
            assert!(!admits("{}", outside), "{outside}");
        }
    }

    #[test]
    fn prefixes_end_at_segments_and_origins_are_whole() {
        let rules = r#"{"verification":{"startsWith":["https://issuer.example/a","https://x.example/b/"],
            "allowedOrigins":["issuer.example","x.example"]}}"#;
        assert!(admits(rules, "https://issuer.example/a"));
        assert!(admits(rules, "https://issuer.example/a/1"));
        assert!(admits(rules, "https://x.example/b/1"));
        for outside in [
            "https://issuer.example/ab",
            "https://issuer.example/a/../c",
            "https://issuer.example.evil.example/a/1",
            "https://x.example/b",
            "https://issuer.example/b/1",
        ] {
            assert!(!admits(rules, outside), "{outside}");
        }
        let elsewhere = r#"{"verification":{"startsWith":"https://x.example/b/"}}"#;
        assert!(!admits(elsewhere, "https://x.example/b/1"), "the origin rule holds beside it");
    }

    #[test]
    fn allowed_origins_are_hosts_with_their_ports() {
        let rules = r#"{"verification":{"allowedOrigins":["a.example","b.example:8443"]}}"#;
        assert!(admits(rules, "https://a.example/1"));
        assert!(admits(rules, "https://b.example:8443/1"));
        for outside in [
            "https://b.example/1",
            "https://issuer.example/1",
            "http://a.example/1",
            "https://a.example.evil.example/1",
        ] {
            assert!(!admits(rules, outside), "{outside}");
        }
        assert!(!admits(
            r#"{"verification":{"allowedOrigins":"u@a.example"}}"#,
            "https://a.example/1"
        ));
    }
}
