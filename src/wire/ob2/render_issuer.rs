//! An issuer as Open Badges 2.0 Profile, with its key.

use serde_json::{Value, json};

use super::CONTEXT;
use crate::domain::IssuerProfile;
use crate::urls::Urls;
use crate::wire::members::Members;

/// The Profile that goes with the issuer's `key_number`th RSA key; `related` to the one before it
/// of the numbers in `key_numbers`. Scope is left to the default, the origin of its `id`: some
/// validators refuse `allowedOrigins` with a port.
pub fn issuer_profile(
    urls: &Urls,
    issuer: &IssuerProfile,
    key_number: u32,
    key_numbers: &[u32],
) -> Value {
    let slug = &issuer.slug;
    let mut members = Members::new();
    members.set("@context", CONTEXT);
    members.set("id", urls.ob2_issuer(slug, key_number));
    members.set("type", "Issuer");
    members.set("name", issuer.name.as_str());
    members.set("url", issuer.url.as_str());
    members.set("email", issuer.email.as_str());
    members.set_if("telephone", issuer.telephone.as_deref());
    members.set_if("description", issuer.description.as_deref());
    members.set_if(
        "image",
        issuer.image.as_ref().map(
            |image| json!({ "id": urls.image(&image.sha256, image.format), "caption": image.alt }),
        ),
    );
    // Validators in use take one key, and only by its URL.
    members.set("publicKey", urls.ob2_key(slug, key_number));
    members.set("revocationList", urls.ob2_revocations(slug, key_number));
    let former = key_numbers.iter().filter(|number| **number < key_number).max();
    members.set_if("related", former.map(|n| json!({ "id": urls.ob2_issuer(slug, *n) })));
    members.done()
}

/// The CryptographicKey of that profile. `public_key_pem` is SPKI in PEM, lines ended by a line
/// feed alone.
pub fn cryptographic_key(
    urls: &Urls,
    issuer: &IssuerProfile,
    key_number: u32,
    public_key_pem: &str,
) -> Value {
    json!({
        "@context": CONTEXT,
        "id": urls.ob2_key(&issuer.slug, key_number),
        "type": "CryptographicKey",
        "owner": urls.ob2_issuer(&issuer.slug, key_number),
        "publicKeyPem": public_key_pem,
    })
}

/// What is left of it when the key is compromised, with status 410.
pub fn withdrawn_key(urls: &Urls, issuer: &IssuerProfile, key_number: u32) -> Value {
    json!({
        "@context": CONTEXT,
        "id": urls.ob2_key(&issuer.slug, key_number),
        "type": "CryptographicKey",
        "owner": urls.ob2_issuer(&issuer.slug, key_number),
    })
}
