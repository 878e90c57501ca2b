//! Every hostile token of the threat model by its name, and the tokens of the RFCs.

use josekit::jws;

use super::*;
use crate::proof::encoding::base64url;
use crate::proof::key::PrivateKey;
use crate::world::Random;

const PAYLOAD: &[u8] = br#"{"iss":"https://issuer.example"}"#;

fn key(key_type: KeyType) -> PrivateKey {
    PrivateKey::generate(key_type, &Random::seeded(11)).unwrap()
}

/// A token with this header, signed for real whatever the header says.
fn token_with(header: &str, key: &PrivateKey) -> String {
    let input = format!("{}.{}", base64url(header.as_bytes()), base64url(PAYLOAD));
    let signature = base64url(&key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

fn refusal(header: &str) -> JwsError {
    let token = token_with(header, &key(KeyType::Ed25519));
    Compact::parse(&token).unwrap_err()
}

#[test]
fn tokens_of_each_algorithm_are_checked_by_josekit_and_those_of_josekit_by_us() {
    for key_type in [KeyType::Rsa, KeyType::P256, KeyType::Ed25519] {
        let key = key(key_type);
        let pem = key.public().to_pem();
        let header = SignHeader { kid: Some("https://i.example/k"), typ: Some("JWT"), cty: None };
        let ours = sign(PAYLOAD, &header, &key).unwrap();
        let private = key.to_pem().unwrap();
        let mut josekit_header = jws::JwsHeader::new();
        josekit_header.set_key_id("k");
        let (payload, theirs) = match key_type {
            KeyType::Rsa => (
                jws::deserialize_compact(&ours, &jws::RS256.verifier_from_pem(pem).unwrap()),
                jws::serialize_compact(
                    PAYLOAD,
                    &josekit_header,
                    &jws::RS256.signer_from_pem(private.as_bytes()).unwrap(),
                ),
            ),
            KeyType::P256 => (
                jws::deserialize_compact(&ours, &jws::ES256.verifier_from_pem(pem).unwrap()),
                jws::serialize_compact(
                    PAYLOAD,
                    &josekit_header,
                    &jws::ES256.signer_from_pem(private.as_bytes()).unwrap(),
                ),
            ),
            _ => (
                jws::deserialize_compact(&ours, &jws::EdDSA.verifier_from_pem(pem).unwrap()),
                jws::serialize_compact(
                    PAYLOAD,
                    &josekit_header,
                    &jws::EdDSA.signer_from_pem(private.as_bytes()).unwrap(),
                ),
            ),
        };
        assert_eq!(payload.unwrap().0, PAYLOAD);
        for token in [ours, theirs.unwrap()] {
            let token = Compact::parse(&token).unwrap();
            assert_eq!(token.payload(), PAYLOAD);
            assert_eq!(verify(&token, key.public()), Ok(()));
        }
    }
}

#[test]
fn the_token_of_rfc_8037_is_made_and_checked() {
    // RFC 8037 appendix A.4
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = PrivateKey::from_jwk(&crate::json::parse(jwk).unwrap()).unwrap();
    let token = sign(b"Example of Ed25519 signing", &SignHeader::default(), &key).unwrap();
    assert_eq!(
        token,
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCj\
         P0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
    assert_eq!(verify(&Compact::parse(&token).unwrap(), key.public()), Ok(()));
}

#[test]
fn the_rs256_and_es256_tokens_of_rfc_7515_are_checked() {
    // RFC 7515 appendices A.2 and A.3
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rsa = r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
    let rs256 = format!(
        "eyJhbGciOiJSUzI1NiJ9.{payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let ec = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let es256 = format!(
        "eyJhbGciOiJFUzI1NiJ9.{payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let public = |jwk| PublicKey::from_jwk(&crate::json::parse(jwk).unwrap()).unwrap();
    assert_eq!(verify(&Compact::parse(&rs256).unwrap(), &public(rsa)), Ok(()));
    assert_eq!(verify(&Compact::parse(&es256).unwrap(), &public(ec)), Ok(()));
}

#[test]
fn jws_none_unsecured_tokens_are_refused_in_every_spelling() {
    for alg in ["none", "None", "NONE", "nOnE", "", " none"] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        assert!(matches!(refusal(&header), JwsError::Algorithm(_)), "{alg}");
    }
    let unsigned = format!("{}.{}.", base64url(br#"{"alg":"none"}"#), base64url(PAYLOAD));
    assert_eq!(Compact::parse(&unsigned).unwrap_err(), JwsError::Empty("signature"));
}

#[test]
fn jws_empty_sig_a_token_without_signature_is_refused() {
    let token = token_with(r#"{"alg":"EdDSA"}"#, &key(KeyType::Ed25519));
    let cut = &token[..=token.rfind('.').unwrap()];
    assert_eq!(Compact::parse(cut).unwrap_err(), JwsError::Empty("signature"));
}

#[test]
fn jws_hs256_there_are_no_hmac_algorithms() {
    for alg in ["HS256", "HS384", "HS512", "PS256", "RS512", "ES256K", "ES384", "Ed448", "dir"] {
        assert!(matches!(refusal(&format!(r#"{{"alg":"{alg}"}}"#)), JwsError::Algorithm(_)));
    }
}

#[test]
fn jws_alg_kind_an_algorithm_that_is_not_a_text_is_refused() {
    for alg in ["7", "null", "true", r#"["EdDSA"]"#, r#"{"EdDSA":1}"#, r#""eddsa""#, r#""EdDSA ""#]
    {
        assert!(matches!(refusal(&format!(r#"{{"alg":{alg}}}"#)), JwsError::Algorithm(_)));
    }
    assert!(matches!(refusal("{}"), JwsError::Algorithm(_)));
}

#[test]
fn jws_alg_confusion_a_key_only_checks_its_own_algorithm() {
    for (claimed, signer) in [
        ("RS256", KeyType::Ed25519),
        ("ES256", KeyType::Rsa),
        ("EdDSA", KeyType::P256),
        ("ES256", KeyType::P384),
    ] {
        let key = key(signer);
        let header = format!(r#"{{"alg":"{claimed}"}}"#);
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(PAYLOAD));
        let token = format!("{input}.{}", base64url(&key.sign(input.as_bytes()).unwrap()));
        let token = Compact::parse(&token).unwrap();
        assert!(matches!(verify(&token, key.public()), Err(VerifyError::Algorithm { .. })));
    }
}

#[test]
fn jws_dup_duplicate_header_members_are_refused_however_they_are_spelled() {
    for header in [
        r#"{"alg":"EdDSA","alg":"none"}"#,
        r#"{"alg":"none","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","\u0061lg":"RS256"}"#,
        r#"{"alg":"EdDSA","kid":"a","kid":"b"}"#,
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP","kty":"RSA"}}"#,
    ] {
        assert!(matches!(
            refusal(header),
            JwsError::HeaderJson(json::Error { kind: json::ErrorKind::DuplicateMember(_), .. })
        ));
    }
}

#[test]
fn jws_crit_every_critical_header_is_refused() {
    for crit in [
        r#"["exp"]"#,
        "[]",
        r#""b64""#,
        "null",
        r#"["alg"]"#,
        r#"["missing"]"#,
        r#"["b64"],"b64":false"#,
        "{}",
    ] {
        let header = format!(r#"{{"alg":"EdDSA","crit":{crit}}}"#);
        assert_eq!(refusal(&header), JwsError::Forbidden("crit"), "{crit}");
    }
}

#[test]
fn jws_b64_jws_zip_jws_enc_members_that_change_the_reading_are_refused() {
    for (member, name) in [
        (r#""b64":false"#, "b64"),
        (r#""b64":true"#, "b64"),
        (r#""zip":"DEF""#, "zip"),
        (r#""zip":null"#, "zip"),
        (r#""enc":"A256GCM""#, "enc"),
    ] {
        assert_eq!(refusal(&format!(r#"{{"alg":"EdDSA",{member}}}"#)), JwsError::Forbidden(name));
    }
}

#[test]
fn jws_typ_tokens_of_another_kind_are_refused() {
    for typ in ["at+jwt", "statuslist+jwt", "application/at+jwt", "dpop+jwt", "", "kb+jwt"] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#);
        assert!(matches!(refusal(&header), JwsError::Type(_)), "{typ}");
    }
    assert_eq!(refusal(r#"{"alg":"EdDSA","typ":1}"#), JwsError::MemberKind("typ"));
    assert_eq!(refusal(r#"{"alg":"EdDSA","typ":null}"#), JwsError::MemberKind("typ"));
    for (typ, expected, profile) in [
        ("JWT", Typ::Jwt, Some(VcProfile::OpenBadges)),
        ("jwt", Typ::Jwt, Some(VcProfile::OpenBadges)),
        ("application/JWT", Typ::Jwt, Some(VcProfile::OpenBadges)),
        ("vc+jwt", Typ::VcJwt, Some(VcProfile::W3c)),
        ("vp+jwt", Typ::VpJwt, Some(VcProfile::W3c)),
        ("JOSE", Typ::Jose, None),
    ] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#);
        let token = token_with(&header, &key(KeyType::Ed25519));
        let token = Compact::parse(&token).unwrap();
        assert_eq!(token.header().typ(), expected);
        assert_eq!(token.header().vc_profile(), profile);
    }
    let token = token_with(r#"{"alg":"EdDSA"}"#, &key(KeyType::Ed25519));
    let token = Compact::parse(&token).unwrap();
    assert_eq!(token.header().vc_profile(), Some(VcProfile::OpenBadges));
}

#[test]
fn jws_kid_a_key_name_that_is_not_a_text_is_refused() {
    for kid in ["1", "null", r#"["k"]"#, "{}"] {
        let header = format!(r#"{{"alg":"EdDSA","kid":{kid}}}"#);
        assert_eq!(refusal(&header), JwsError::MemberKind("kid"));
    }
}

#[test]
fn jws_embedded_jwk_a_key_in_the_header_is_shown_and_never_used() {
    let attacker = key(KeyType::Ed25519);
    let issuer = PrivateKey::ed25519(&[1; 32]).unwrap();
    let header = format!(r#"{{"alg":"EdDSA","jwk":{}}}"#, attacker.public().to_jwk());
    let token = token_with(&header, &attacker);
    let token = Compact::parse(&token).unwrap();
    assert_eq!(token.header().jwk().unwrap().as_ref(), Ok(attacker.public()));
    assert_eq!(verify(&token, issuer.public()), Err(VerifyError::Signature));
    let private = attacker.to_jwk().unwrap();
    let header = format!(r#"{{"alg":"EdDSA","jwk":{}}}"#, &*private);
    let token = token_with(&header, &attacker);
    let leaked = Compact::parse(&token).unwrap().header().jwk().unwrap();
    assert_eq!(leaked, Err(KeyError::PrivateMember("d")));
}

#[test]
fn jws_jku_members_that_point_elsewhere_are_only_named() {
    let header = r#"{"alg":"EdDSA","jku":"https://a.example","x5u":"https://b.example","x5c":[]}"#;
    let token = token_with(header, &key(KeyType::Ed25519));
    let token = Compact::parse(&token).unwrap();
    assert_eq!(token.header().other_members(), ["jku", "x5u", "x5c"]);
}

#[test]
fn jws_es256_zero_or_too_large_numbers_der_and_wrong_lengths_are_refused() {
    let key = key(KeyType::P256);
    let good = sign(PAYLOAD, &SignHeader::default(), &key).unwrap();
    let good = Compact::parse(&good).unwrap();
    let with = |signature: &[u8]| {
        let token = format!("{}.{}", good.signing_input(), base64url(signature));
        verify(&Compact::parse(&token).unwrap(), key.public())
    };
    assert_eq!(with(good.signature()), Ok(()));
    let order = p256_order();
    for (name, r, s) in [
        ("r0", [0; 32].as_slice(), &good.signature()[32..]),
        ("s0", &good.signature()[..32], &[0; 32]),
        ("zero", &[0; 32], &[0; 32]),
        ("rn", &order, &good.signature()[32..]),
        ("sn", &good.signature()[..32], &order),
        ("max", &[0xff; 32], &[0xff; 32]),
    ] {
        assert_eq!(with(&[r, s].concat()), Err(VerifyError::Signature), "jws-es256-{name}");
    }
    let der = p256::ecdsa::Signature::from_slice(good.signature()).unwrap().to_der();
    assert!(matches!(with(der.as_bytes()), Err(VerifyError::Length { .. })));
    assert!(matches!(with(&good.signature()[..63]), Err(VerifyError::Length { .. })));
    assert!(matches!(with(&[0; 512]), Err(VerifyError::Length { found: 512, .. })));
}

#[test]
fn jws_es256_highs_the_mirrored_signature_is_as_good_as_the_other() {
    let key = key(KeyType::P256);
    let good = sign(PAYLOAD, &SignHeader::default(), &key).unwrap();
    let good = Compact::parse(&good).unwrap();
    let s = &good.signature()[32..];
    let mut mirrored = p256_order();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i32::from(mirrored[at]) - i32::from(s[at]) - borrow;
        borrow = i32::from(difference < 0);
        mirrored[at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let signature = [&good.signature()[..32], &mirrored].concat();
    let token = format!("{}.{}", good.signing_input(), base64url(&signature));
    assert_eq!(verify(&Compact::parse(&token).unwrap(), key.public()), Ok(()));
}

fn p256_order() -> [u8; 32] {
    let mut order = [0xff; 32];
    order[4..8].fill(0);
    order[16..].copy_from_slice(&[
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25,
        0x51,
    ]);
    order
}

#[test]
fn jws_ed_malleable_signatures_and_small_order_points_are_refused() {
    let key = key(KeyType::Ed25519);
    let good = sign(PAYLOAD, &SignHeader::default(), &key).unwrap();
    let good = Compact::parse(&good).unwrap();
    let with = |signature: &[u8]| {
        let token = format!("{}.{}", good.signing_input(), base64url(signature));
        verify(&Compact::parse(&token).unwrap(), key.public())
    };
    // S + L, little-endian
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut shifted = good.signature().to_vec();
    let mut carry = 0_u16;
    for at in 0..32 {
        let sum = u16::from(shifted[32 + at]) + u16::from(order[at]) + carry;
        shifted[32 + at] = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(with(&shifted), Err(VerifyError::Signature));
    // R of small order, S = 0
    let mut small = [0; 64];
    small[0] = 1;
    assert_eq!(with(&small), Err(VerifyError::Signature));
    // R spelled above the prime
    let mut spelled = good.signature().to_vec();
    spelled[..32].fill(0xff);
    assert_eq!(with(&spelled), Err(VerifyError::Signature));
    assert_eq!(with(&[0; 64]), Err(VerifyError::Signature));
}

#[test]
fn jws_rsa_a_forged_padding_and_short_signatures_are_refused() {
    let key = key(KeyType::Rsa);
    let good = sign(PAYLOAD, &SignHeader::default(), &key).unwrap();
    let good = Compact::parse(&good).unwrap();
    let with = |signature: &[u8]| {
        let token = format!("{}.{}", good.signing_input(), base64url(signature));
        verify(&Compact::parse(&token).unwrap(), key.public())
    };
    assert_eq!(with(&[0; 256]), Err(VerifyError::Signature));
    assert_eq!(with(&[0xff; 256]), Err(VerifyError::Signature));
    assert!(matches!(with(&good.signature()[1..]), Err(VerifyError::Length { .. })));
    let padded = [&[0], good.signature()].concat();
    assert!(matches!(with(&padded), Err(VerifyError::Length { .. })));
}

#[test]
fn jws_encoding_only_strict_compact_form_is_read() {
    let key = key(KeyType::Ed25519);
    let good = token_with(r#"{"alg":"EdDSA"}"#, &key);
    assert!(Compact::parse(&good).is_ok());
    let (input, signature) = good.rsplit_once('.').unwrap();
    for bad in [
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}="),
        format!("{good}=="),
        good.replace('.', ". "),
        good.replacen("ey", "e y", 1),
        // unused bits that are not zero: 86 characters hold 4 bits too many
        format!(
            "{}.{}{}",
            input,
            &signature[..85],
            if signature.ends_with('B') { 'C' } else { 'B' }
        ),
        good.replace('-', "+").replace('_', "/") + "+",
    ] {
        assert!(matches!(Compact::parse(&bad), Err(JwsError::Encoding { .. })), "{bad}");
    }
    for (bad, parts) in [
        (String::new(), 1),
        ("a.b".to_owned(), 2),
        (format!("{good}.x.y"), 5),
        (format!("{good}."), 4),
        (format!(r#"{{"payload":"{}","signatures":[]}}"#, "eyJ9"), 1),
    ] {
        assert_eq!(Compact::parse(&bad).unwrap_err(), JwsError::Parts(parts), "{bad}");
    }
    assert_eq!(Compact::parse("..").unwrap_err(), JwsError::Empty("header"));
    let longer = format!("{good}A");
    let longer = Compact::parse(&longer).map(|token| verify(&token, key.public()));
    assert!(!matches!(longer, Ok(Ok(()))));
}

#[test]
fn jws_size_long_parts_are_refused_before_they_are_decoded() {
    let long = "A".repeat(MAX_TOKEN + 1);
    assert_eq!(Compact::parse(&long).unwrap_err(), JwsError::TooLong(MAX_TOKEN + 1));
    let header = format!("{}.AA.AA", "A".repeat(MAX_HEADER * 2));
    assert_eq!(Compact::parse(&header).unwrap_err(), JwsError::PartTooLong("header"));
    let signature = format!("{}.AA.{}", base64url(br#"{"alg":"RS256"}"#), "A".repeat(2000));
    assert_eq!(Compact::parse(&signature).unwrap_err(), JwsError::PartTooLong("signature"));
}

#[test]
fn jws_header_kind_a_header_that_is_not_an_object_is_refused() {
    for header in ["[]", "null", "1", r#""alg""#] {
        assert!(matches!(refusal(header), JwsError::HeaderKind(_)));
    }
    for header in ["{", "", "{\"alg\":\"EdDSA\"} x", "\u{feff}{}"] {
        let token = format!("{}.AA.AA", base64url(header.as_bytes()));
        assert!(Compact::parse(&token).is_err());
    }
}

#[test]
fn each_byte_of_a_token_matters() {
    for key_type in [KeyType::Ed25519, KeyType::P256, KeyType::Rsa] {
        let key = key(key_type);
        let token = sign(PAYLOAD, &SignHeader::default(), &key).unwrap();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let accepted =
                Compact::parse(&changed).is_ok_and(|token| verify(&token, key.public()).is_ok());
            assert!(!accepted, "{key_type} byte {at}");
        }
    }
}
