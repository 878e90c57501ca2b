//! What one of our own URLs or DIDs names.

use url::Url;

use super::{Origin, Urls};
use crate::domain::{
    AlignmentTarget, AssertionId, BadgeClassId, BadgeClassRef, ImageFormat, KeyId, Slug,
    StatusPurpose,
};

/// What one of our URLs names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// A badge link, with the form its suffix and query ask for.
    Badge(AssertionId, Option<BadgeForm>),
    /// An Open Badges 2.0 hosted assertion.
    Ob2Assertion(AssertionId),
    /// An Open Badges 2.0 issuer profile.
    Ob2Issuer(Slug, u32),
    /// Its key.
    Ob2Key(Slug, u32),
    /// Its revocation list.
    Ob2Revocations(Slug, u32),
    /// A badge class under it, in one version or the newest.
    Ob2BadgeClass(Slug, u32, BadgeClassId, Option<u32>),
    /// An issuer's page and profile.
    Issuer(Slug),
    /// An issuer's DID document.
    IssuerDidDocument(Slug),
    /// An issuer's key as JWK.
    IssuerKey(Slug, KeyId),
    /// A badge class, in one version or the newest.
    BadgeClass(BadgeClassId, Option<u32>),
    /// The picture of a badge class in one version.
    BadgeClassImage(BadgeClassRef, ImageFormat),
    /// A competency framework or an entry of one, with the badges that are aligned with it.
    AlignmentTarget(AlignmentTarget),
    /// An uploaded picture, by its SHA-256 in hex.
    Image(String, ImageFormat),
    /// A status list credential.
    StatusList(Slug, StatusPurpose, u32),
    /// The DID document of the service.
    ServiceDidDocument,
    /// What links our domain to the service's DID.
    DidConfiguration,
    /// The context of verification receipts.
    ReceiptContext,
}

/// The forms that a suffix of the badge link asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadgeForm {
    /// Open Badges 3.0 credential.
    Json,
    /// Open Badges 3.0 as VC-JWT, signed with what the issuer's identity allows.
    Jwt,
    /// The VC-JWT signed with RS256.
    JwtRs256,
    /// The VC-JWT signed with ES256.
    JwtEs256,
    /// The VC-JWT signed with EdDSA.
    JwtEdDsa,
    /// Picture with the Open Badges 3.0 credential in it.
    Png,
    /// The same as SVG.
    Svg,
    /// A sheet for printing.
    Pdf,
    /// Open Badges 2.0 hosted assertion.
    Ob2Json,
    /// Open Badges 2.0 signed assertion.
    Ob2Jws,
    /// Picture with the Open Badges 2.0 hosted assertion in it.
    Ob2Png,
    /// The same as SVG.
    Ob2Svg,
}

impl BadgeForm {
    const ALL: [(Self, &str); 12] = [
        (Self::Json, ".json"),
        (Self::Jwt, ".jwt"),
        (Self::JwtRs256, ".jwt?alg=RS256"),
        (Self::JwtEs256, ".jwt?alg=ES256"),
        (Self::JwtEdDsa, ".jwt?alg=EdDSA"),
        (Self::Png, ".png"),
        (Self::Svg, ".svg"),
        (Self::Pdf, ".pdf"),
        (Self::Ob2Json, ".json?v=2"),
        (Self::Ob2Jws, ".jwt?v=2"),
        (Self::Ob2Png, ".png?v=2"),
        (Self::Ob2Svg, ".svg?v=2"),
    ];

    /// What follows the badge link.
    pub fn suffix(self) -> &'static str {
        Self::ALL.iter().find(|(form, _)| *form == self).map_or("", |(_, suffix)| suffix)
    }

    /// The form that a file name extension (`json`, `jwt`, `png`, `svg`, `pdf`) asks for together
    /// with a query: `v=2` for Open Badges 2.0, `alg` for the signature of a VC-JWT. What else the
    /// query says is of no account. A PDF is the same for both versions.
    pub fn of(extension: &str, query: &str) -> Option<Self> {
        let pair = |wanted: &str| query.split('&').find(|pair| pair.starts_with(wanted));
        let version = pair("v=").filter(|pair| *pair == "v=2");
        let asked = version.or_else(|| pair("alg=").filter(|_| extension == "jwt"));
        let wanted = |suffix: &str| {
            let (own, query) = suffix.split_once('?').unwrap_or((suffix, ""));
            own.strip_prefix('.') == Some(extension) && query == asked.unwrap_or_default()
        };
        match Self::ALL.iter().find(|(_, suffix)| wanted(suffix)) {
            Some((form, _)) => Some(*form),
            None => (extension == "pdf").then_some(Self::Pdf),
        }
    }
}

/// Whom one of our DIDs names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnDid {
    /// An issuer.
    Issuer(Slug),
    /// The service itself.
    Service,
}

impl Urls {
    /// What a URL under our origin, or one that was ours before, names. The fragment is ignored.
    /// `None` for the URLs of others and for those of ours that name nothing.
    pub fn read(&self, url: &str) -> Option<Published> {
        let (path, query) = self.path_of(url)?;
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match segments.as_slice() {
            ["b", last] => badge(last, &query),
            ["ob2", "assertions", id] => {
                Some(Published::Ob2Assertion(AssertionId::parse(id).ok()?))
            }
            ["ob2", "issuers", slug, "k", n, rest @ ..] => {
                ob2_under_issuer(Slug::parse(slug).ok()?, number(n)?, rest)
            }
            ["issuers", slug] => Some(Published::Issuer(Slug::parse(slug).ok()?)),
            ["issuers", slug, "did.json"] => {
                Some(Published::IssuerDidDocument(Slug::parse(slug).ok()?))
            }
            ["issuers", slug, "keys", key] => {
                Some(Published::IssuerKey(Slug::parse(slug).ok()?, KeyId::parse(key).ok()?))
            }
            ["badge-classes", id] => {
                Some(Published::BadgeClass(BadgeClassId::parse(id).ok()?, None))
            }
            ["badge-classes", id, version] => {
                Some(Published::BadgeClass(BadgeClassId::parse(id).ok()?, Some(number(version)?)))
            }
            ["badge-classes", id, version, image] => {
                let format = image_format(image.strip_prefix("image.")?)?;
                let (id, version) = (BadgeClassId::parse(id).ok()?, number(version)?);
                Some(Published::BadgeClassImage(BadgeClassRef { id, version }, format))
            }
            [collection @ ("frameworks" | "competencies"), digits] => {
                AlignmentTarget::parse(collection, digits).map(Published::AlignmentTarget)
            }
            ["images", name] => {
                let (sha256, extension) = name.split_once('.')?;
                let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                let valid = sha256.len() == 64 && sha256.bytes().all(hex);
                valid.then_some(Published::Image(sha256.to_owned(), image_format(extension)?))
            }
            ["status", slug, purpose, n] => {
                let purpose = match *purpose {
                    "revocation" => StatusPurpose::Revocation,
                    "suspension" => StatusPurpose::Suspension,
                    _ => return None,
                };
                Some(Published::StatusList(Slug::parse(slug).ok()?, purpose, number(n)?))
            }
            [".well-known", "did.json"] => Some(Published::ServiceDidDocument),
            [".well-known", "did-configuration.json"] => Some(Published::DidConfiguration),
            ["contexts", "verification-receipt-v1.json"] => Some(Published::ReceiptContext),
            _ => None,
        }
    }

    /// Whom a did:web under our host, or one that was ours before, names. A DID URL is read up to
    /// its fragment.
    pub fn read_did(&self, did: &str) -> Option<OwnDid> {
        let did = did.split('#').next().unwrap_or(did);
        self.origins().filter_map(Origin::did_web).find_map(|own| {
            let rest = did.strip_prefix(&own)?;
            if rest.is_empty() {
                return Some(OwnDid::Service);
            }
            Some(OwnDid::Issuer(Slug::parse(rest.strip_prefix(":issuers:")?).ok()?))
        })
    }

    fn origins(&self) -> impl Iterator<Item = &Origin> {
        std::iter::once(&self.origin).chain(&self.former)
    }

    /// Path and query of a URL under one of our origins.
    pub(super) fn path_of(&self, url: &str) -> Option<(String, String)> {
        let url = Url::parse(url).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let own = self.origins().any(|origin| {
            origin.https == (url.scheme() == "https")
                && matches!(url.scheme(), "http" | "https")
                && url.host_str() == Some(&origin.host)
                && url.port() == origin.port
        });
        own.then(|| (url.path().to_owned(), url.query().unwrap_or_default().to_owned()))
    }
}

fn badge(last: &str, query: &str) -> Option<Published> {
    let (id, form) = match last.split_once('.') {
        Some((id, extension)) => (id, Some(BadgeForm::of(extension, query)?)),
        None => {
            let version_2 = query.split('&').any(|pair| pair == "v=2");
            (last, version_2.then_some(BadgeForm::Ob2Json))
        }
    };
    Some(Published::Badge(AssertionId::parse(id).ok()?, form))
}

fn ob2_under_issuer(slug: Slug, n: u32, rest: &[&str]) -> Option<Published> {
    match rest {
        [] => Some(Published::Ob2Issuer(slug, n)),
        ["key"] => Some(Published::Ob2Key(slug, n)),
        ["revocations"] => Some(Published::Ob2Revocations(slug, n)),
        ["badge-classes", id] => {
            Some(Published::Ob2BadgeClass(slug, n, BadgeClassId::parse(id).ok()?, None))
        }
        ["badge-classes", id, version] => {
            let version = Some(number(version)?);
            Some(Published::Ob2BadgeClass(slug, n, BadgeClassId::parse(id).ok()?, version))
        }
        _ => None,
    }
}

/// A number from 1 in its one spelling.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number >= 1 && number.to_string() == text).then_some(number)
}

fn image_format(extension: &str) -> Option<ImageFormat> {
    [ImageFormat::Png, ImageFormat::Svg].into_iter().find(|f| f.extension() == extension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Random;

    #[test]
    fn what_is_built_is_read_back() {
        let urls = Urls::new("https://badges.example.org:8443/").unwrap();
        let random = Random::seeded(5);
        let slug = Slug::parse("tm").unwrap();
        let id = AssertionId::random(&random);
        let key = KeyId::random(&random);
        let class = BadgeClassRef { id: BadgeClassId::random(&random), version: 3 };
        let sha = "ab".repeat(32);
        let pairs = [
            (urls.badge(&id), Published::Badge(id.clone(), None)),
            (urls.ob2_assertion(&id), Published::Ob2Assertion(id.clone())),
            (urls.ob2_issuer(&slug, 2), Published::Ob2Issuer(slug.clone(), 2)),
            (urls.ob2_key(&slug, 2), Published::Ob2Key(slug.clone(), 2)),
            (urls.ob2_revocations(&slug, 2), Published::Ob2Revocations(slug.clone(), 2)),
            (
                urls.ob2_badge_class(&slug, 2, &class),
                Published::Ob2BadgeClass(slug.clone(), 2, class.id.clone(), Some(3)),
            ),
            (urls.issuer(&slug), Published::Issuer(slug.clone())),
            (urls.issuer_did_document(&slug), Published::IssuerDidDocument(slug.clone())),
            (urls.issuer_key(&slug, &key), Published::IssuerKey(slug.clone(), key)),
            (
                urls.badge_class(&class) + "#rd-lead-yes",
                Published::BadgeClass(class.id.clone(), Some(3)),
            ),
            (urls.newest_badge_class(&class.id), Published::BadgeClass(class.id.clone(), None)),
            (
                urls.badge_class_image(&class, ImageFormat::Svg),
                Published::BadgeClassImage(class.clone(), ImageFormat::Svg),
            ),
            (urls.image(&sha, ImageFormat::Png), Published::Image(sha, ImageFormat::Png)),
            (
                urls.status_list(&slug, StatusPurpose::Suspension, 1),
                Published::StatusList(slug.clone(), StatusPurpose::Suspension, 1),
            ),
            (urls.service_did_document(), Published::ServiceDidDocument),
            (urls.did_configuration(), Published::DidConfiguration),
            (urls.receipt_context(), Published::ReceiptContext),
        ];
        for (url, named) in pairs {
            assert_eq!(urls.read(&url), Some(named), "{url}");
        }
        for (form, _) in BadgeForm::ALL {
            let url = urls.badge_form(&id, form);
            assert_eq!(urls.read(&url), Some(Published::Badge(id.clone(), Some(form))), "{url}");
        }
    }

    #[test]
    fn urls_of_others_and_near_misses_name_nothing() {
        let urls = Urls::new("https://badges.example.org").unwrap();
        let id = AssertionId::random(&Random::seeded(5));
        for url in [
            format!("https://badges.example.org.evil.example/b/{id}"),
            format!("https://badges.example.org@evil.example/b/{id}"),
            format!("https://user@badges.example.org/b/{id}"),
            format!("http://badges.example.org/b/{id}"),
            format!("https://badges.example.org:444/b/{id}"),
            format!("https://badges.example.org/b/{id}/"),
            format!("https://badges.example.org/b/{id}.exe"),
            "https://badges.example.org/status/tm/revocation/01".to_owned(),
            "https://badges.example.org/status/tm/revocation/0".to_owned(),
            "not a url".to_owned(),
        ] {
            assert_eq!(urls.read(&url), None, "{url}");
        }
        assert!(urls.is_own("https://badges.example.org/anything"));
        assert!(urls.read("https://BADGES.example.org:443/issuers/tm").is_some());
    }

    #[test]
    fn dids_exist_for_https_only_and_escape_the_port() {
        let slug = Slug::parse("tm").unwrap();
        let urls = Urls::new("https://badges.example.org:8443").unwrap();
        let did = urls.issuer_did(&slug).unwrap();
        assert_eq!(did, "did:web:badges.example.org%3A8443:issuers:tm");
        assert_eq!(urls.read_did(&did), Some(OwnDid::Issuer(slug.clone())));
        assert_eq!(urls.read_did(&urls.service_did().unwrap()), Some(OwnDid::Service));
        assert_eq!(urls.read_did("did:web:badges.example.org:issuers:tm"), None);
        assert_eq!(Urls::new("http://127.0.0.1:8080").unwrap().issuer_did(&slug), None);

        let moved = Urls::new("https://new.example.org")
            .unwrap()
            .with_former(["https://badges.example.org:8443"])
            .unwrap();
        assert_eq!(moved.read_did(&did), Some(OwnDid::Issuer(slug.clone())));
        assert_eq!(
            moved.read("https://badges.example.org:8443/issuers/tm"),
            Some(Published::Issuer(slug))
        );
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for bad in [
            "",
            "badges.example.org",
            "ftp://a.b",
            "https://a.b/c",
            "https://a.b?x",
            "https://u@a.b",
        ] {
            assert!(Urls::new(bad).is_err(), "{bad}");
        }
        assert_eq!(Urls::new("https://a.b/").unwrap().public_url(), "https://a.b");
    }
}
