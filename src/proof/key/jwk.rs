//! Public JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use sha2::{Digest as _, Sha256};

use super::public::Kind;
use super::{KeyError, KeyType, PublicKey};
use crate::json::{Object, Value};
use crate::proof::encoding::{base64url, from_base64url};

/// Members that only private or symmetric keys have.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Longest member read, in characters: the modulus of the largest RSA key.
const MAX_MEMBER: usize = 700;

/// Most keys read from one JWK Set.
const MAX_KEYS: usize = 100;

impl PublicKey {
    /// Reads a public JWK that may check signatures.
    ///
    /// `alg`, `use` and `key_ops`, where present, must fit; any private member is refused and
    /// named, for a published private key is worth telling.
    ///
    /// # Errors
    /// What is wrong with which member.
    pub fn from_jwk(jwk: &Value<'_>) -> Result<Self, KeyError> {
        let jwk = jwk.as_object().ok_or_else(|| KeyError::JwkKind(jwk.kind()))?;
        let key_type = key_type_of(jwk)?;
        if let Some(member) = private_member(jwk) {
            return Err(KeyError::PrivateMember(member));
        }
        check_purpose(jwk, key_type, "verify")?;
        public_part(jwk, key_type)
    }

    /// Reads what lies at a key URL: one JWK, or a JWK Set (RFC 7517 §5), of which keys of kinds that
    /// we do not know are left out. With each key comes its `kid`.
    ///
    /// # Errors
    /// A JWK that is refused, a set that is none or has more than 100 keys, or a private key in it.
    pub fn from_jwk_or_set(
        document: &Value<'_>,
    ) -> Result<Vec<(Option<String>, PublicKey)>, KeyError> {
        let kid = |jwk: &Value<'_>| jwk.str_of("kid").map(str::to_owned);
        let Some(keys) = document.get("keys") else {
            return Ok(vec![(kid(document), Self::from_jwk(document)?)]);
        };
        let keys = keys.as_array().ok_or(KeyError::JwkMember("keys"))?;
        if keys.len() > MAX_KEYS {
            return Err(KeyError::JwkMember("keys"));
        }
        let mut read = Vec::new();
        for jwk in keys {
            match Self::from_jwk(jwk) {
                Ok(key) => read.push((kid(jwk), key)),
                Err(error @ KeyError::PrivateMember(_)) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(read)
    }

    /// The JWK with the members that make the key, and no others.
    pub fn to_jwk(&self) -> serde_json::Value {
        let parts = self.jwk_members();
        serde_json::Value::Object(
            parts.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
        )
    }

    /// The JWK as it is published: with `alg`, `use` and, if there is one, `kid`.
    pub fn to_published_jwk(&self, kid: Option<&str>) -> serde_json::Value {
        let mut jwk = self.to_jwk();
        if let Some(members) = jwk.as_object_mut() {
            members.insert("alg".into(), algorithm_names(self.key_type())[0].into());
            members.insert("use".into(), "sig".into());
            if let Some(kid) = kid {
                members.insert("kid".into(), kid.into());
            }
        }
        jwk
    }

    /// The SHA-256 thumbprint in base64url (RFC 7638).
    pub fn thumbprint(&self) -> String {
        let mut members = self.jwk_members();
        members.sort_by_key(|(name, _)| *name);
        let text: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        base64url(&Sha256::digest(format!("{{{}}}", text.join(","))))
    }

    fn jwk_members(&self) -> Vec<(&'static str, String)> {
        fn ec(curve: &str, point: &[u8]) -> Vec<(&'static str, String)> {
            let coordinates = point.get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            vec![
                ("kty", "EC".into()),
                ("crv", curve.into()),
                ("x", base64url(x)),
                ("y", base64url(y)),
            ]
        }
        match self.kind() {
            Kind::Ed25519(key) => vec![
                ("kty", "OKP".into()),
                ("crv", "Ed25519".into()),
                ("x", base64url(key.as_bytes())),
            ],
            Kind::P256 { key, .. } => ec("P-256", key.to_sec1_point(false).as_bytes()),
            Kind::P384(key) => ec("P-384", key.to_sec1_point(false).as_bytes()),
            Kind::Rsa(rsa) => vec![
                ("kty", "RSA".into()),
                ("n", base64url(&rsa.modulus)),
                ("e", base64url(&rsa.exponent)),
            ],
        }
    }
}

/// The name of a private or symmetric member, if there is one.
pub(in crate::proof) fn private_member(jwk: &Object<'_>) -> Option<&'static str> {
    PRIVATE_MEMBERS.into_iter().find(|name| jwk.contains_key(name))
}

pub(super) fn key_type_of(jwk: &Object<'_>) -> Result<KeyType, KeyError> {
    let unsupported = |member, value: &str| {
        let value = value.chars().take(40).collect();
        Err(KeyError::JwkUnsupported { member, value })
    };
    match text(jwk, "kty")? {
        "RSA" => Ok(KeyType::Rsa),
        "OKP" => match text(jwk, "crv")? {
            "Ed25519" => Ok(KeyType::Ed25519),
            other => unsupported("crv", other),
        },
        "EC" => match text(jwk, "crv")? {
            "P-256" => Ok(KeyType::P256),
            "P-384" => Ok(KeyType::P384),
            other => unsupported("crv", other),
        },
        other => unsupported("kty", other),
    }
}

/// The key that the public members make.
pub(super) fn public_part(jwk: &Object<'_>, key_type: KeyType) -> Result<PublicKey, KeyError> {
    match key_type {
        KeyType::Ed25519 => PublicKey::ed25519(&bytes(jwk, "x")?),
        KeyType::P256 => PublicKey::p256(&point(jwk, 32)?),
        KeyType::P384 => PublicKey::p384(&point(jwk, 48)?),
        KeyType::Rsa => PublicKey::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?),
    }
}

/// `alg`, `use`, `key_ops` fit a signature key that may do `operation`.
pub(super) fn check_purpose(
    jwk: &Object<'_>,
    key_type: KeyType,
    operation: &str,
) -> Result<(), KeyError> {
    let names = algorithm_names(key_type);
    if jwk.get("alg").is_some_and(|alg| !alg.as_str().is_some_and(|alg| names.contains(&alg))) {
        return Err(KeyError::JwkPurpose("alg"));
    }
    if jwk.get("use").is_some_and(|purpose| purpose.as_str() != Some("sig")) {
        return Err(KeyError::JwkPurpose("use"));
    }
    if let Some(operations) = jwk.get("key_ops") {
        let listed = operations.as_array().unwrap_or_default();
        let texts = listed.iter().all(|entry| entry.as_str().is_some());
        if !texts || !listed.iter().any(|entry| entry.as_str() == Some(operation)) {
            return Err(KeyError::JwkPurpose("key_ops"));
        }
    }
    Ok(())
}

/// The `alg` values that fit a kind of key; the first is the one we write (RFC 7518 §3.1,
/// RFC 8037 §3.1; RFC 9864 adds `Ed25519`).
fn algorithm_names(key_type: KeyType) -> &'static [&'static str; 2] {
    match key_type {
        KeyType::Ed25519 => &["EdDSA", "Ed25519"],
        KeyType::P256 => &["ES256", "ES256"],
        KeyType::P384 => &["ES384", "ES384"],
        KeyType::Rsa => &["RS256", "RS256"],
    }
}

fn text<'a>(jwk: &'a Object<'_>, name: &'static str) -> Result<&'a str, KeyError> {
    jwk.get(name).and_then(Value::as_str).ok_or(KeyError::JwkMember(name))
}

/// A base64url member; anything longer than a key can need is refused before it is decoded.
pub(super) fn bytes(jwk: &Object<'_>, name: &'static str) -> Result<Vec<u8>, KeyError> {
    let text = text(jwk, name)?;
    if text.len() > MAX_MEMBER {
        return Err(match name {
            "n" => KeyError::RsaSize(text.len() * 6),
            "e" => KeyError::RsaExponent,
            _ => KeyError::Length { what: name, found: text.len() * 6 / 8, expected: 66 },
        });
    }
    from_base64url(text).map_err(KeyError::encoding(name))
}

/// The uncompressed SEC 1 point; coordinates have the full width (RFC 7518 §6.2.1.2).
fn point(jwk: &Object<'_>, width: usize) -> Result<Vec<u8>, KeyError> {
    let mut point = vec![4];
    for name in ["x", "y"] {
        let coordinate = bytes(jwk, name)?;
        if coordinate.len() != width {
            let found = coordinate.len();
            return Err(KeyError::Length { what: name, found, expected: width });
        }
        point.extend(coordinate);
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn read(text: &str) -> Result<PublicKey, KeyError> {
        PublicKey::from_jwk(&json::parse(text).unwrap())
    }

    const ED: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

    #[test]
    fn keys_of_the_rfcs_are_read_written_and_have_their_thumbprints() {
        let ed = read(&format!("{{{ED}}}")).unwrap();
        // RFC 8037 appendix A.3
        assert_eq!(ed.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let ec = read(&format!("{{{EC},\"alg\":\"ES256\",\"use\":\"sig\"}}")).unwrap();
        let rsa = read(&format!(r#"{{"kty":"RSA","n":"{RSA_N}","e":"AQAB"}}"#)).unwrap();
        for key in [ed, ec, rsa] {
            assert_eq!(PublicKey::from_jwk(&Value::from(&key.to_jwk())).unwrap(), key);
            let published = key.to_published_jwk(Some("k"));
            assert_eq!(PublicKey::from_jwk(&Value::from(&published)).unwrap(), key);
        }
        // RFC 7638 §3.1
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let rsa = read(&format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB","alg":"RS256"}}"#)).unwrap();
        assert_eq!(rsa.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_set_gives_the_keys_that_can_be_used() {
        let set = |keys: &str| {
            let text = format!(r#"{{"keys":[{keys}]}}"#);
            PublicKey::from_jwk_or_set(&json::parse(&text).unwrap())
        };
        let x25519 = r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#;
        let read = set(&format!(r#"{x25519},{{{ED},"kid":"a"}},{{{EC}}}"#)).unwrap();
        assert_eq!(
            read.iter().map(|(kid, _)| kid.as_deref()).collect::<Vec<_>>(),
            [Some("a"), None]
        );
        assert_eq!(set(&format!(r#"{{{ED},"d":"AA"}}"#)), Err(KeyError::PrivateMember("d")));
        assert_eq!(set(&vec![x25519; 101].join(",")), Err(KeyError::JwkMember("keys")));
        let one = json::parse(r#"{"kty":"oct","k":"AA"}"#).unwrap();
        assert!(PublicKey::from_jwk_or_set(&one).is_err());
        assert!(PublicKey::from_jwk_or_set(&json::parse(r#"{"keys":{}}"#).unwrap()).is_err());
    }

    #[test]
    fn jws_jwk_private_the_private_member_is_named() {
        for member in PRIVATE_MEMBERS {
            let jwk = format!(r#"{{{ED},"{member}":"AA"}}"#);
            assert_eq!(read(&jwk), Err(KeyError::PrivateMember(member)));
        }
    }

    #[test]
    fn jws_jwk_purpose_keys_for_other_purposes_are_refused() {
        for (extra, member) in [
            (r#""alg":"HS256""#, "alg"),
            (r#""alg":"RS256""#, "alg"),
            (r#""alg":7"#, "alg"),
            (r#""use":"enc""#, "use"),
            (r#""use":["sig"]"#, "use"),
            (r#""key_ops":["sign"]"#, "key_ops"),
            (r#""key_ops":"verify""#, "key_ops"),
            (r#""key_ops":["verify",1]"#, "key_ops"),
        ] {
            assert_eq!(read(&format!("{{{EC},{extra}}}")), Err(KeyError::JwkPurpose(member)));
        }
        assert!(read(&format!("{{{EC},\"key_ops\":[\"verify\"]}}")).is_ok());
    }

    #[test]
    fn jws_jwk_oct_symmetric_keys_and_unknown_curves_are_refused() {
        for jwk in [
            r#"{"kty":"oct","k":"AAAA"}"#,
            r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#,
            r#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#,
        ] {
            assert!(matches!(read(jwk), Err(KeyError::JwkUnsupported { .. })));
        }
        assert_eq!(read("[]"), Err(KeyError::JwkKind("an array")));
        assert_eq!(read("{}"), Err(KeyError::JwkMember("kty")));
    }

    #[test]
    fn jws_ec_off_curve_points_are_refused() {
        let off = EC.replace("x_FEzRu9", "y_FEzRu9");
        assert_eq!(read(&format!("{{{off}}}")), Err(KeyError::NotOnCurve(KeyType::P256)));
        let short = EC.replace("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "AA");
        assert!(matches!(read(&format!("{{{short}}}")), Err(KeyError::Length { what: "x", .. })));
        let p384 = EC.replace("P-256", "P-384");
        assert!(matches!(read(&format!("{{{p384}}}")), Err(KeyError::Length { .. })));
    }

    #[test]
    fn jws_rsa_sizes_and_exponents_are_judged_before_any_arithmetic() {
        let rsa = |n: &str, e: &str| read(&format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#));
        assert_eq!(rsa(RSA_N, "AQ"), Err(KeyError::RsaExponent)); // 1
        assert_eq!(rsa(RSA_N, "Aw"), Err(KeyError::RsaExponent)); // 3
        assert_eq!(rsa(RSA_N, "AQAA"), Err(KeyError::RsaExponent)); // 65536
        assert_eq!(rsa(RSA_N, "AAEAAQ"), Err(KeyError::RsaExponent)); // leading zero
        assert_eq!(rsa(RSA_N, ""), Err(KeyError::RsaExponent));
        assert_eq!(rsa(RSA_N, &"B".repeat(600)), Err(KeyError::RsaExponent));
        let modulus = |bits: usize| {
            let mut n = vec![0xff; bits / 8];
            n[1] = 0xab;
            base64url(&n)
        };
        assert_eq!(rsa(&modulus(1024), "AQAB"), Err(KeyError::RsaSize(1024)));
        assert_eq!(rsa(&modulus(4104), "AQAB"), Err(KeyError::RsaSize(4104)));
        assert!(matches!(rsa(&modulus(65_536), "AQAB"), Err(KeyError::RsaSize(_))));
        assert!(rsa(&modulus(4096), "AQAB").is_ok());
        assert_eq!(rsa(&base64url(&[0xfe; 256]), "AQAB"), Err(KeyError::RsaModulus));
        assert_eq!(rsa("", "AQAB"), Err(KeyError::RsaSize(0)));
    }

    #[test]
    fn small_order_and_second_spellings_of_ed25519_points_are_refused() {
        let ed = |bytes: &[u8]| {
            read(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, base64url(bytes)))
        };
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(ed(&one), Err(KeyError::SmallOrder));
        // y = p + 3, a second spelling of y = 3
        let mut above = [0xff; 32];
        above[0] = 0xf0;
        above[31] = 0x7f;
        assert!(ed(&above).is_err());
        assert!(matches!(ed(&[7; 31]), Err(KeyError::Length { found: 31, .. })));
    }
}
