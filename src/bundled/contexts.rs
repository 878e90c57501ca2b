//! The JSON-LD contexts that credentials of every Open Badges version name.
//!
//! The files under `schemas/contexts/` hold the term tables of the published documents in our
//! normal form (the `@context` alone, members sorted); a test holds each to the published one by
//! meaning. Contexts that define every name there is (`@vocab` for examples and undefined terms)
//! are not among them: with those, nothing would be undefined.

use std::sync::LazyLock;

use crate::linked_data::Contexts;

/// URL and JSON text of every bundled context, one row for each URL that it is known under.
static DOCUMENTS: &[(&str, &str)] = &[
    (
        "https://www.w3.org/2018/credentials/v1",
        include_str!("../../schemas/contexts/credentials-v1.json"),
    ),
    (
        "https://www.w3.org/ns/credentials/v2",
        include_str!("../../schemas/contexts/credentials-v2.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.0.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.1.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.2.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.3.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        include_str!("../../schemas/contexts/ob-v3p0-extensions.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/clr/v2p0/context.json",
        include_str!("../../schemas/contexts/clr-v2p0-context-2.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        include_str!("../../schemas/contexts/clr-v2p0-context-2.0.1.json"),
    ),
    ("https://w3id.org/openbadges/v2", include_str!("../../schemas/contexts/openbadges-v2.json")),
    (
        "https://openbadgespec.org/v2/context.json",
        include_str!("../../schemas/contexts/openbadges-v2.json"),
    ),
    (
        "https://purl.imsglobal.org/ob/v2/context.json",
        include_str!("../../schemas/contexts/openbadges-v2.json"),
    ),
    ("https://w3id.org/openbadges/v1", include_str!("../../schemas/contexts/openbadges-v1.json")),
    (
        "https://openbadgespec.org/v1/context.json",
        include_str!("../../schemas/contexts/openbadges-v1.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld",
        include_str!("../../schemas/contexts/openbadges-v2p1.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/accessibilityExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-accessibilityExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/accessibilityExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-accessibilityExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/applyLinkExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-applyLinkExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/applyLinkExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-applyLinkExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/assessmentExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-assessmentExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/assessmentExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-assessmentExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/endorsement/context.json",
        include_str!("../../schemas/contexts/ob2-ext-endorsement.json"),
    ),
    (
        "https://openbadgespec.org/extensions/endorsement/context.json",
        include_str!("../../schemas/contexts/ob2-ext-endorsement.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/exampleExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-exampleExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/exampleExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-exampleExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/extraDescription/context.json",
        include_str!("../../schemas/contexts/ob2-ext-extraDescription.json"),
    ),
    (
        "https://openbadgespec.org/extensions/extraDescription/context.json",
        include_str!("../../schemas/contexts/ob2-ext-extraDescription.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-geoCoordinatesExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/geoCoordinatesExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-geoCoordinatesExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/issuerAccreditationExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-issuerAccreditationExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/issuerAccreditationExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-issuerAccreditationExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/licenseExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-licenseExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/licenseExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-licenseExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/originalCreatorExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-originalCreatorExtension.json"),
    ),
    (
        "https://openbadgespec.org/extensions/originalCreatorExtension/context.json",
        include_str!("../../schemas/contexts/ob2-ext-originalCreatorExtension.json"),
    ),
    (
        "https://w3id.org/openbadges/extensions/recipientProfile/context.json",
        include_str!("../../schemas/contexts/ob2-ext-recipientProfile.json"),
    ),
    (
        "https://openbadgespec.org/extensions/recipientProfile/context.json",
        include_str!("../../schemas/contexts/ob2-ext-recipientProfile.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions/accessibilityExtension/context-3.0.0.json",
        include_str!("../../schemas/contexts/ob3-ext-accessibilityExtension-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions/applyLinkExtension/context-3.0.0.json",
        include_str!("../../schemas/contexts/ob3-ext-applyLinkExtension-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions/geoCoordinatesExtension/context-3.0.0.json",
        include_str!("../../schemas/contexts/ob3-ext-geoCoordinatesExtension-3.0.0.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions/licenseExtension/context-3.0.0.json",
        include_str!("../../schemas/contexts/ob3-ext-licenseExtension-3.0.0.json"),
    ),
    (
        "https://w3id.org/security/data-integrity/v1",
        include_str!("../../schemas/contexts/data-integrity-v1.json"),
    ),
    (
        "https://w3id.org/security/data-integrity/v2",
        include_str!("../../schemas/contexts/data-integrity-v2.json"),
    ),
    (
        "https://w3id.org/security/multikey/v1",
        include_str!("../../schemas/contexts/multikey-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/ed25519-2020/v1",
        include_str!("../../schemas/contexts/ed25519-2020-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/ed25519-2018/v1",
        include_str!("../../schemas/contexts/ed25519-2018-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/jws-2020/v1",
        include_str!("../../schemas/contexts/jws-2020-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/x25519-2019/v1",
        include_str!("../../schemas/contexts/x25519-2019-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/x25519-2020/v1",
        include_str!("../../schemas/contexts/x25519-2020-v1.json"),
    ),
    (
        "https://w3id.org/security/suites/secp256k1-2019/v1",
        include_str!("../../schemas/contexts/secp256k1-2019-v1.json"),
    ),
    ("https://w3id.org/security/v1", include_str!("../../schemas/contexts/security-v1.json")),
    ("https://w3id.org/security/v2", include_str!("../../schemas/contexts/security-v2.json")),
    (
        "https://w3id.org/security/bbs/v1",
        include_str!("../../schemas/contexts/security-bbs-v1.json"),
    ),
    ("https://www.w3.org/ns/did/v1", include_str!("../../schemas/contexts/did-v1.json")),
    ("https://w3id.org/did/v1", include_str!("../../schemas/contexts/did-v1.json")),
    (
        "https://w3id.org/vc/status-list/2021/v1",
        include_str!("../../schemas/contexts/status-list-2021-v1.json"),
    ),
    (
        "https://www.w3.org/ns/credentials/status/v1",
        include_str!("../../schemas/contexts/credentials-status-v1.json"),
    ),
    ("https://www.w3.org/ns/odrl.jsonld", include_str!("../../schemas/contexts/odrl.json")),
    ("https://w3id.org/dcc/v1", include_str!("../../schemas/contexts/dcc-v1.json")),
    (
        "https://w3c-ccg.github.io/vc-ed/plugfest-1-2022/jff-vc-edu-plugfest-1-context.json",
        include_str!("../../schemas/contexts/ob3-jff-plugfest1.json"),
    ),
    (
        "https://imsglobal.github.io/openbadges-specification/ob_v3p0.html",
        include_str!("../../schemas/contexts/ob3-jff-plugfest1.json"),
    ),
    (
        "https://w3id.org/openbadges/legacy-v1",
        include_str!("../../schemas/contexts/openbadges-legacy-v1.json"),
    ),
];

/// The lists of contexts that most credentials have, compiled when the registry is made.
const COMMON: &[&[&str]] = &[
    &[
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    &[
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ],
    &["https://www.w3.org/ns/credentials/v2"],
    &["https://w3id.org/openbadges/v2"],
];

/// Every bundled context: its URL and its JSON text; one that has several URLs stands there once
/// for each.
pub fn context_documents() -> &'static [(&'static str, &'static str)] {
    DOCUMENTS
}

/// The registry of the bundled contexts, made once. Pinned ones are added to a
/// [fork](Contexts::fork) of it.
pub fn contexts() -> &'static Contexts {
    static CONTEXTS: LazyLock<Contexts> = LazyLock::new(|| {
        let owned = DOCUMENTS.iter().map(|(url, text)| ((*url).to_owned(), (*text).to_owned()));
        // The texts are part of the program; `every_bundled_context_is_sound` reads them all.
        let contexts = Contexts::new(owned).unwrap_or_default();
        for urls in COMMON {
            let _ = contexts.compile(urls);
        }
        contexts
    });
    &CONTEXTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_context_is_sound() {
        assert_eq!(contexts().urls().count(), DOCUMENTS.len());
        for (url, _) in DOCUMENTS {
            assert!(contexts().contains(url));
            contexts().compile(&[url]).unwrap_or_else(|error| panic!("{url}: {error}"));
        }
        for urls in COMMON {
            contexts().compile(urls).unwrap();
        }
    }

    #[test]
    fn a_context_that_defines_everything_is_not_bundled() {
        for url in [
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
            "https://www.w3.org/2018/credentials/examples/v1",
        ] {
            assert!(!contexts().contains(url));
        }
    }

    #[test]
    fn one_url_stands_for_one_document() {
        let mut urls: Vec<&str> = DOCUMENTS.iter().map(|(url, _)| *url).collect();
        urls.sort_unstable();
        urls.dedup();
        assert_eq!(urls.len(), DOCUMENTS.len());
    }
}
