//! A controller document: which keys speak for an identifier, and for what (Controlled Identifiers
//! 1.0 §2 and §3; DID Core §5).

use jiff::Timestamp;

use super::DidUrl;
use super::method::{KeyMaterial, VerificationMethod};
use crate::json::{Object, Value};
use crate::proof::key::{KeyError, PublicKey};

/// Most verification methods read from one document.
const MAX_METHODS: usize = 256;

/// What a verification method may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relationship {
    /// `assertionMethod`: signing credentials, and everything that is signed for an issuer.
    Assertion,
    /// `authentication`: a holder showing who she is.
    Authentication,
}

impl Relationship {
    /// The member of the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "assertionMethod",
            Self::Authentication => "authentication",
        }
    }
}

/// A controller or DID document, read. Only what is asked for is judged: a document with ten good
/// keys and one of an unknown kind serves the ten.
#[derive(Clone, Debug, PartialEq)]
pub struct ControllerDocument {
    id: String,
    also_known_as: Vec<String>,
    methods: Vec<VerificationMethod>,
    assertion: Vec<String>,
    authentication: Vec<String>,
}

/// Why a document does not answer for a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The document is not an object.
    #[error("a controller document must be an object, not {0}")]
    Kind(&'static str),
    /// The document has no `id`, or another than the one it was asked for under.
    #[error("the document's id is {found}, not {expected}")]
    Id {
        /// What was asked for.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// A member is not of the kind it must be.
    #[error("{pointer}: {why}")]
    Member {
        /// Where, as JSON pointer into the document.
        pointer: String,
        /// What is wrong.
        why: &'static str,
    },
    /// More verification methods than we read.
    #[error("more than {MAX_METHODS} verification methods")]
    TooMany,
    /// The method is not in the document.
    #[error("the document lists no verification method {0:?}")]
    Unknown(String),
    /// Two methods with one id.
    #[error("the document has two verification methods {0:?}")]
    Ambiguous(String),
    /// The method is there but not for this purpose.
    #[error("{id:?} is not listed under `{relationship}`")]
    NotAuthorised {
        /// The method.
        id: String,
        /// The relationship asked for.
        relationship: &'static str,
    },
    /// The key belongs to somebody else.
    #[error("the verification method is controlled by {found:?}, not by the document's id")]
    Controller {
        /// What the method says.
        found: String,
    },
    /// A type of verification method that we do not read.
    #[error("verification method type {0:?} is not supported")]
    Type(String),
    /// Key material that is missing, double or does not fit the type.
    #[error("the key does not fit the verification method's type: {0}")]
    Material(&'static str),
    /// The key is not one that we take.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A private key is published here: whoever reads the document can sign.
    #[error("the document publishes a private key (`{0}`)")]
    PrivateKey(&'static str),
}

impl ControllerDocument {
    /// Reads a document that was asked for as `expected_id`, character for character (did:web, "Read
    /// (Resolve)"; Controlled Identifiers §3.3).
    ///
    /// # Errors
    /// What is wrong with the document as a whole; what is wrong with one method is told when it is
    /// asked for.
    pub fn parse(document: &Value<'_>, expected_id: &str) -> Result<Self, DocumentError> {
        let object = document.as_object().ok_or_else(|| DocumentError::Kind(document.kind()))?;
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        if id != expected_id {
            let found = if id.is_empty() { "missing".into() } else { super::shown(id) };
            return Err(DocumentError::Id { expected: super::shown(expected_id), found });
        }
        let mut read = Self {
            id: id.to_owned(),
            also_known_as: texts(object, "alsoKnownAs"),
            methods: Vec::new(),
            assertion: Vec::new(),
            authentication: Vec::new(),
        };
        for (at, method) in entries(object, "verificationMethod")?.iter().enumerate() {
            read.add(method, &format!("/verificationMethod/{at}"))?;
        }
        read.assertion = read.relationship(object, Relationship::Assertion)?;
        read.authentication = read.relationship(object, Relationship::Authentication)?;
        Ok(read)
    }

    /// A document of one key that may be used for everything.
    pub(super) fn of_one_key(id: String, method: VerificationMethod, authentication: bool) -> Self {
        let name = method.id.clone();
        Self {
            id,
            also_known_as: Vec::new(),
            methods: vec![method],
            assertion: vec![name.clone()],
            authentication: if authentication { vec![name] } else { Vec::new() },
        }
    }

    /// The identifier that the document speaks for.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Other identifiers that the document claims for itself. A claim proves nothing.
    pub fn also_known_as(&self) -> &[String] {
        &self.also_known_as
    }

    /// All verification methods, in the order of the document.
    pub fn methods(&self) -> &[VerificationMethod] {
        &self.methods
    }

    /// Whether the method with this id is listed under the relationship.
    pub fn authorises(&self, method_id: &str, relationship: Relationship) -> bool {
        let listed = match relationship {
            Relationship::Assertion => &self.assertion,
            Relationship::Authentication => &self.authentication,
        };
        listed.iter().any(|id| id == method_id)
    }

    /// The verification method with exactly this id, if the document lists it once, under the
    /// relationship, and as its own (Controlled Identifiers §3.3). Its dates are for the caller,
    /// who knows the time.
    ///
    /// # Errors
    /// [`DocumentError::Unknown`], [`Ambiguous`](DocumentError::Ambiguous),
    /// [`NotAuthorised`](DocumentError::NotAuthorised), [`Controller`](DocumentError::Controller).
    pub fn find(
        &self,
        method_id: &str,
        relationship: Relationship,
    ) -> Result<&VerificationMethod, DocumentError> {
        let mut named = self.methods.iter().filter(|method| method.id == method_id);
        let method = named.next().ok_or_else(|| DocumentError::Unknown(super::shown(method_id)))?;
        if named.next().is_some() {
            return Err(DocumentError::Ambiguous(super::shown(method_id)));
        }
        if method.controller != self.id {
            return Err(DocumentError::Controller { found: super::shown(&method.controller) });
        }
        if !self.authorises(method_id, relationship) {
            let id = super::shown(method_id);
            return Err(DocumentError::NotAuthorised { id, relationship: relationship.as_str() });
        }
        Ok(method)
    }

    /// The verification method that holds this very key and may be used so: how a token that brings
    /// its key along (`jwk` header) is held to the issuer's own word.
    pub fn find_key(
        &self,
        key: &PublicKey,
        relationship: Relationship,
    ) -> Option<&VerificationMethod> {
        self.methods.iter().find(|method| {
            method.key().as_ref() == Ok(key) && self.find(&method.id, relationship).is_ok()
        })
    }

    fn relationship(
        &mut self,
        object: &Object<'_>,
        relationship: Relationship,
    ) -> Result<Vec<String>, DocumentError> {
        let name = relationship.as_str();
        let mut ids = Vec::new();
        for (at, entry) in entries(object, name)?.iter().enumerate() {
            let pointer = format!("/{name}/{at}");
            match entry {
                Value::String(reference) => ids.push(self.absolute(reference)),
                Value::Object(_) => ids.push(self.add(entry, &pointer)?),
                _ => {
                    let why = "must be a verification method or its id";
                    return Err(DocumentError::Member { pointer, why });
                }
            }
        }
        Ok(ids)
    }

    /// Reads a method and keeps it; gives its id.
    fn add(&mut self, method: &Value<'_>, pointer: &str) -> Result<String, DocumentError> {
        if self.methods.len() >= MAX_METHODS {
            return Err(DocumentError::TooMany);
        }
        let wrong =
            |name: &str, why| DocumentError::Member { pointer: format!("{pointer}{name}"), why };
        let object = method.as_object().ok_or_else(|| wrong("", "must be an object"))?;
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let id = self.absolute(text("id").ok_or_else(|| wrong("/id", "must be a text"))?);
        let date = |name: &str| match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                value.as_str().and_then(|text| text.parse::<Timestamp>().ok()).map(Some).ok_or_else(
                    || wrong(&format!("/{name}"), "must be a date and time with offset"),
                )
            }
        };
        self.methods.push(VerificationMethod {
            id: id.clone(),
            controller: text("controller").unwrap_or_default().to_owned(),
            type_name: text("type").unwrap_or_default().to_owned(),
            revoked: date("revoked")?,
            expires: date("expires")?,
            material: KeyMaterial::written(method),
        });
        Ok(id)
    }

    /// `#key` is short for the document's id and `#key` (DID Core §3.2.2).
    fn absolute(&self, reference: &str) -> String {
        if reference.starts_with('#') {
            format!("{}{reference}", self.id)
        } else {
            reference.to_owned()
        }
    }
}

/// The entries of a member that may be a set or a single one.
fn entries<'v, 'a>(
    object: &'v Object<'a>,
    name: &'static str,
) -> Result<&'v [Value<'a>], DocumentError> {
    let entries = object.get(name).map(Value::items).unwrap_or_default();
    if entries.len() > MAX_METHODS { Err(DocumentError::TooMany) } else { Ok(entries) }
}

fn texts(object: &Object<'_>, name: &str) -> Vec<String> {
    let entries = object.get(name).map(Value::items).unwrap_or_default();
    entries.iter().filter_map(Value::as_str).take(MAX_METHODS).map(str::to_owned).collect()
}

impl ControllerDocument {
    /// The identifier whose document must be fetched to judge a verification method: the DID of a
    /// DID URL, or the URL without its fragment.
    pub fn id_for_method(method_id: &str) -> Option<String> {
        if method_id.starts_with("did:") {
            return DidUrl::parse(method_id).ok().map(|url| url.did().to_string());
        }
        let (base, fragment) = method_id.split_once('#')?;
        (!fragment.is_empty() && !base.is_empty()).then(|| base.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    const ID: &str = "did:web:issuer.example";

    fn document(methods: &str, rest: &str) -> Result<ControllerDocument, DocumentError> {
        let text = format!(r#"{{"id":"{ID}","verificationMethod":[{methods}]{rest}}}"#);
        ControllerDocument::parse(&json::parse(&text).unwrap(), ID)
    }

    fn method(id: &str, rest: &str) -> String {
        format!(
            r#"{{"id":"{id}","type":"Multikey","controller":"{ID}","publicKeyMultibase":"{KEY}"{rest}}}"#
        )
    }

    #[test]
    fn a_listed_key_is_found_by_its_exact_id() {
        let id = format!("{ID}#a");
        let listed = document(&method(&id, ""), r##","assertionMethod":["#a"]"##).unwrap();
        assert!(listed.find(&id, Relationship::Assertion).unwrap().key().is_ok());
        assert!(matches!(
            listed.find(&id, Relationship::Authentication),
            Err(DocumentError::NotAuthorised { .. })
        ));
        for other in [ID.to_owned(), format!("{ID}#A"), format!("{ID}#{KEY}"), "#a".into()] {
            assert!(matches!(
                listed.find(&other, Relationship::Assertion),
                Err(DocumentError::Unknown(_))
            ));
        }
        let key = PublicKey::from_multikey(KEY).unwrap();
        assert_eq!(listed.find_key(&key, Relationship::Assertion).unwrap().id, id);
        assert_eq!(listed.find_key(&key, Relationship::Authentication), None);
        let embedded =
            document("", &format!(r#","assertionMethod":[{}]"#, method("#e", ""))).unwrap();
        assert!(embedded.find(&format!("{ID}#e"), Relationship::Assertion).is_ok());
        let unlisted = document(&method(&id, ""), "").unwrap();
        assert!(matches!(
            unlisted.find(&id, Relationship::Assertion),
            Err(DocumentError::NotAuthorised { .. })
        ));
    }

    #[test]
    fn didweb_id_a_document_of_another_id_is_refused() {
        for text in [r#"{"id":"did:web:other.example"}"#, "{}", r#"{"id":7}"#] {
            let error = ControllerDocument::parse(&json::parse(text).unwrap(), ID).unwrap_err();
            assert!(matches!(error, DocumentError::Id { .. }));
        }
        let error = ControllerDocument::parse(&json::parse("[]").unwrap(), ID).unwrap_err();
        assert_eq!(error, DocumentError::Kind("an array"));
    }

    #[test]
    fn didweb_controller_a_key_of_somebody_else_is_refused() {
        let foreign = method("#a", "")
            .replace(&format!(r#""controller":"{ID}""#), r#""controller":"did:web:x.example""#);
        let read = document(&foreign, r##","assertionMethod":["#a"]"##).unwrap();
        assert!(matches!(
            read.find(&format!("{ID}#a"), Relationship::Assertion),
            Err(DocumentError::Controller { .. })
        ));
    }

    #[test]
    fn didweb_twice_two_methods_of_one_id_are_refused() {
        let twice = format!("{},{}", method("#a", ""), method("#a", ""));
        let read = document(&twice, r##","assertionMethod":["#a"]"##).unwrap();
        assert!(matches!(
            read.find(&format!("{ID}#a"), Relationship::Assertion),
            Err(DocumentError::Ambiguous(_))
        ));
    }

    #[test]
    fn didweb_private_a_published_private_key_is_flagged() {
        let mut jwk = crate::proof::key::PrivateKey::ed25519(&[1; 32]).unwrap().to_jwk().unwrap();
        let leaked = format!(
            r##"{{"id":"#a","type":"JsonWebKey","controller":"{ID}","publicKeyJwk":{}}}"##,
            &*jwk
        );
        jwk.clear();
        let read = document(&leaked, "").unwrap();
        assert_eq!(read.methods()[0].key(), Err(DocumentError::PrivateKey("d")));
        let leaked = method("#a", r#","secretKeyMultibase":"z3u2""#);
        let read = document(&leaked, "").unwrap();
        assert_eq!(read.methods()[0].key(), Err(DocumentError::PrivateKey("secretKeyMultibase")));
    }

    #[test]
    fn an_unusable_method_does_not_spoil_the_others() {
        let odd = r##"{"id":"#x","type":"X25519KeyAgreementKey2020","controller":"c","publicKeyMultibase":"z6LS"}"##;
        let read =
            document(&format!("{odd},{}", method("#a", "")), r##","assertionMethod":["#a"]"##)
                .unwrap();
        assert!(matches!(read.methods()[0].key(), Err(DocumentError::Type(_))));
        assert!(read.find(&format!("{ID}#a"), Relationship::Assertion).is_ok());
    }

    #[test]
    fn every_type_is_read_with_its_own_key_member_only() {
        let key = PublicKey::from_multikey(KEY).unwrap();
        let jwk = key.to_jwk();
        let raw = crate::proof::base58::encode(&key.to_bytes());
        for (type_name, material) in [
            ("Multikey", format!(r#""publicKeyMultibase":"{KEY}""#)),
            ("Ed25519VerificationKey2020", format!(r#""publicKeyMultibase":"{KEY}""#)),
            ("JsonWebKey", format!(r#""publicKeyJwk":{jwk}"#)),
            ("JsonWebKey2020", format!(r#""publicKeyJwk":{jwk}"#)),
            ("Ed25519VerificationKey2018", format!(r#""publicKeyBase58":"{raw}""#)),
        ] {
            let text =
                format!(r##"{{"id":"#a","type":"{type_name}","controller":"{ID}",{material}}}"##);
            assert_eq!(document(&text, "").unwrap().methods()[0].key(), Ok(key.clone()));
        }
        for wrong in [
            format!(r#""type":"Multikey","publicKeyJwk":{jwk}"#),
            format!(r#""type":"Multikey","publicKeyMultibase":"{KEY}","publicKeyJwk":{jwk}"#),
            r#""type":"Multikey""#.to_owned(),
            r#""type":"Multikey","publicKeyMultibase":7"#.to_owned(),
            r#""type":"Nonsense","publicKeyMultibase":"z""#.to_owned(),
        ] {
            let text = format!(r##"{{"id":"#a","controller":"{ID}",{wrong}}}"##);
            assert!(document(&text, "").unwrap().methods()[0].key().is_err(), "{wrong}");
        }
    }

    #[test]
    fn dates_are_read_and_nonsense_is_named() {
        let read = document(&method("#a", r#","revoked":"2026-01-02T03:04:05Z""#), "").unwrap();
        assert_eq!(read.methods()[0].revoked, Some("2026-01-02T03:04:05Z".parse().unwrap()));
        let error = document(&method("#a", r#","expires":"soon""#), "").unwrap_err();
        assert_eq!(
            error.to_string(),
            "/verificationMethod/0/expires: must be a date and time with offset"
        );
        assert!(document("7", "").is_err());
        assert!(document("", r#","assertionMethod":[7]"#).is_err());
        let many = vec![method("#a", ""); 300].join(",");
        assert_eq!(document(&many, ""), Err(DocumentError::TooMany));
    }

    #[test]
    fn the_document_to_fetch_follows_from_the_method() {
        let id = ControllerDocument::id_for_method;
        assert_eq!(id("did:web:a.example#k").as_deref(), Some("did:web:a.example"));
        assert_eq!(id("https://a.example/i#k").as_deref(), Some("https://a.example/i"));
        assert_eq!(id("https://a.example/i"), None);
        assert_eq!(id("did:web:a.example"), None);
        assert_eq!(id("did:web:a.example?x#k"), None);
    }
}
