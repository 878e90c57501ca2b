//! An issuer profile as the API answers it.

use serde_json::{Value, json};

use crate::domain::{Image, IssuerProfile, OtherIdentifier};
use crate::urls::Urls;
use crate::wire::members::Members;

/// The object of an issuer; `issuer_id` is its DID.
pub fn issuer_answer(urls: &Urls, issuer: &IssuerProfile, issuer_id: &str) -> Value {
    let mut members = Members::new();
    members.set("id", issuer.id.as_str());
    members.set("slug", issuer.slug.as_str());
    members.set("name", issuer.name.as_str());
    members.set("url", issuer.url.as_str());
    members.set("email", issuer.email.as_str());
    members.set_if("description", issuer.description.as_deref());
    members.set_if("telephone", issuer.telephone.as_deref());
    members
        .set_if("image", issuer.image.as_ref().map(|i| image(i, urls.image(&i.sha256, i.format))));
    members.set_list("otherIdentifier", issuer.other_identifiers.iter().map(other_identifier));
    members.set_if(
        "parentOrg",
        issuer.parent.as_ref().map(|org| json!({ "id": org.id.as_str(), "name": org.name })),
    );
    members.set("did", issuer_id);
    members.set("page", urls.issuer(&issuer.slug));
    members.set("createdAt", issuer.created_at.to_string());
    members.set("updatedAt", issuer.updated_at.to_string());
    members.set("revision", issuer.revision);
    members.done()
}

pub(super) fn image(image: &Image, url: String) -> Value {
    json!({ "url": url, "mediaType": image.format.media_type(), "alt": image.alt })
}

pub(super) fn other_identifier(other: &OtherIdentifier) -> Value {
    json!({ "identifier": other.identifier, "identifierType": other.identifier_type })
}
