//! The protected header (RFC 7515 §4), read strictly.

use std::fmt;

use super::JwsError;
use crate::json::{self, Object, Value};
use crate::proof::key::{KeyError, KeyType, PublicKey};

/// Longest header read, in bytes: room for a certificate chain that we do not look at.
pub const MAX_HEADER: usize = 16 * 1024;

/// The algorithms that we take. There is no `none` and no HMAC here: they cannot be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 7518 §3.3): what Open Badges asks for at least.
    Rs256,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// Ed25519 (RFC 8037 §3.1; `Ed25519` of RFC 9864 is the same).
    EdDsa,
}

impl Algorithm {
    /// The `alg` value that we write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The only kind of key that the algorithm may be used with.
    pub fn key_type(self) -> KeyType {
        match self {
            Self::Rs256 => KeyType::Rsa,
            Self::Es256 => KeyType::P256,
            Self::EdDsa => KeyType::Ed25519,
        }
    }

    /// The algorithm of a kind of key; none for P-384.
    pub fn for_key(key_type: KeyType) -> Option<Self> {
        [Self::Rs256, Self::Es256, Self::EdDsa].into_iter().find(|a| a.key_type() == key_type)
    }

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kinds of token that `typ` may name; every other is refused, so that a token made for one
/// purpose is not taken for another (RFC 8725 §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Typ {
    /// No `typ`.
    Absent,
    /// `JWT`: Open Badges 3.0 (§8.2) and most Open Badges 2.0 signers.
    Jwt,
    /// `JOSE`: a compact JWS of any content (RFC 7515 §4.1.9).
    Jose,
    /// `vc+jwt`: W3C VC-JOSE-COSE (§3.1.1), also under its older name `vc+ld+json+jwt`.
    VcJwt,
    /// `vp+jwt`: a presentation (VC-JOSE-COSE §3.1.2), also as `vp+ld+json+jwt`.
    VpJwt,
    /// `openid4vci-proof+jwt`: a holder's proof of possession (OpenID4VCI 1.0, Appendix F.1).
    Oid4vciProof,
}

/// The two ways in which a JWT carries a credential; they contradict each other, so a token is read
/// by one of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VcProfile {
    /// Open Badges 3.0 §8.2: the payload has the members of the credential and `iss`, `sub`,
    /// `jti`, `nbf`, `exp` that agree with it; under data model 1.1 a `vc` claim is usual.
    OpenBadges,
    /// W3C VC-JOSE-COSE: the payload is the credential; `vc` and `vp` claims are forbidden.
    W3c,
}

/// What a header says. Only `alg` was acted upon; the rest is for the verifier to weigh.
#[derive(Clone, Debug)]
pub struct Header {
    algorithm: Algorithm,
    typ: Typ,
    kid: Option<String>,
    cty: Option<String>,
    jwk: Option<Value<'static>>,
    other: Vec<String>,
}

impl Header {
    /// The algorithm that the token claims.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The kind of token.
    pub fn typ(&self) -> Typ {
        self.typ
    }

    /// By which profile a credential in this token is read; `None` if `typ` fits neither.
    pub fn vc_profile(&self) -> Option<VcProfile> {
        match self.typ {
            Typ::Absent | Typ::Jwt => Some(VcProfile::OpenBadges),
            Typ::VcJwt | Typ::VpJwt => Some(VcProfile::W3c),
            Typ::Jose | Typ::Oid4vciProof => None,
        }
    }

    /// The name of the key that signed, as the signer gives it: a URL or DID URL to look for in the
    /// issuer's documents.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The content type (`vc` in VC-JOSE-COSE).
    pub fn cty(&self) -> Option<&str> {
        self.cty.as_deref()
    }

    /// The key that the token carries. It proves nothing: it counts only if the issuer's own
    /// documents list the same key.
    pub fn jwk(&self) -> Option<Result<PublicKey, KeyError>> {
        self.jwk.as_ref().map(PublicKey::from_jwk)
    }

    /// Names of all other members, such as `jku` or `x5u`. Nothing of them is used.
    pub fn other_members(&self) -> &[String] {
        &self.other
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, JwsError> {
        let value = json::parse_bytes(bytes).map_err(JwsError::HeaderJson)?;
        let header = value.as_object().ok_or_else(|| JwsError::HeaderKind(value.kind()))?;
        // `crit` must be understood or refused (RFC 7515 §4.1.11); we know no extension, and `b64`
        // (RFC 7797), `zip` and `enc` (RFC 7516) change what the other parts are.
        for name in ["crit", "b64", "zip", "enc"] {
            if header.contains_key(name) {
                return Err(JwsError::Forbidden(name));
            }
        }
        let known = ["alg", "typ", "kid", "cty", "jwk"];
        Ok(Self {
            algorithm: algorithm(header)?,
            typ: typ(header)?,
            kid: optional_text(header, "kid")?,
            cty: optional_text(header, "cty")?,
            jwk: header.get("jwk").map(|jwk| jwk.clone().into_owned()),
            other: header
                .iter()
                .filter(|(name, _)| !known.contains(name))
                .map(|(name, _)| name.to_owned())
                .collect(),
        })
    }
}

fn algorithm(header: &Object<'_>) -> Result<Algorithm, JwsError> {
    match header.get("alg") {
        None => Err(JwsError::Algorithm("(missing)".into())),
        Some(value) => value
            .as_str()
            .and_then(Algorithm::from_name)
            .ok_or_else(|| JwsError::Algorithm(value.to_string().chars().take(40).collect())),
    }
}

/// Media types compare without regard to case, and `application/` may be left out (RFC 7515
/// §4.1.9).
fn typ(header: &Object<'_>) -> Result<Typ, JwsError> {
    let Some(text) = optional_text(header, "typ")? else { return Ok(Typ::Absent) };
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("application/").unwrap_or(&lower) {
        "jwt" => Ok(Typ::Jwt),
        "jose" => Ok(Typ::Jose),
        "vc+jwt" | "vc+ld+json+jwt" => Ok(Typ::VcJwt),
        "vp+jwt" | "vp+ld+json+jwt" => Ok(Typ::VpJwt),
        "openid4vci-proof+jwt" => Ok(Typ::Oid4vciProof),
        _ => Err(JwsError::Type(text.chars().take(60).collect())),
    }
}

fn optional_text(header: &Object<'_>, name: &'static str) -> Result<Option<String>, JwsError> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone().into_owned())),
        Some(_) => Err(JwsError::MemberKind(name)),
    }
}
