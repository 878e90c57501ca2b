//! An issuer as Profile (Open Badges 3.0 §B.1.20).

use serde_json::{Value, json};

use super::CONTEXTS;
use super::render_achievement::other_identifier;
use crate::domain::IssuerProfile;
use crate::urls::Urls;
use crate::wire::members::Members;

/// The document that an issuer's URL answers with.
pub fn profile_document(urls: &Urls, issuer: &IssuerProfile, issuer_id: &str) -> Value {
    let mut document = profile(urls, issuer, issuer_id);
    if let Value::Object(members) = &mut document {
        members.shift_insert(0, "@context".to_owned(), json!(CONTEXTS));
    }
    document
}

/// The Profile as it stands inside a credential.
pub(super) fn profile(urls: &Urls, issuer: &IssuerProfile, issuer_id: &str) -> Value {
    let mut members = Members::new();
    members.set("id", issuer_id);
    members.set("type", json!(["Profile"]));
    members.set("name", issuer.name.as_str());
    members.set("url", issuer.url.as_str());
    members.set("email", issuer.email.as_str());
    members.set_if("phone", issuer.telephone.as_deref());
    members.set_if("description", issuer.description.as_deref());
    members.set_if(
        "image",
        issuer.image.as_ref().map(|image| {
            json!({
                "id": urls.image(&image.sha256, image.format),
                "type": "Image",
                "caption": image.alt,
            })
        }),
    );
    members.set_list("otherIdentifier", issuer.other_identifiers.iter().map(other_identifier));
    members.set_if(
        "parentOrg",
        issuer.parent.as_ref().map(
            |parent| json!({ "id": parent.id.as_str(), "type": ["Profile"], "name": parent.name }),
        ),
    );
    members.done()
}
