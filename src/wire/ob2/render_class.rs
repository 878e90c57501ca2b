//! A badge class as Open Badges 2.0 BadgeClass.

use serde_json::{Value, json};

use super::CONTEXT;
use crate::domain::{Alignment, BadgeClass, BadgeClassRef, ImageFormat, IssuerProfile};
use crate::urls::Urls;
use crate::wire::members::Members;

/// The BadgeClass under the issuer's `key_number`th RSA profile.
pub fn badge_class(
    urls: &Urls,
    issuer: &IssuerProfile,
    key_number: u32,
    class: &BadgeClass,
) -> Value {
    let slug = &issuer.slug;
    let mut members = Members::new();
    members.set("@context", CONTEXT);
    members.set("id", urls.ob2_badge_class(slug, key_number, &class.reference()));
    members.set("type", "BadgeClass");
    members.set("name", class.name.as_str());
    members.set("description", class.description.as_str());
    members.set("image", image(urls, class));
    members.set("criteria", {
        let mut criteria = Members::new();
        criteria.set_if("id", class.criteria.url.as_ref().map(|url| url.as_str()));
        criteria.set_if("narrative", class.criteria.narrative.as_deref());
        criteria.done()
    });
    members.set("issuer", urls.ob2_issuer(slug, key_number));
    members.set_list("alignment", class.alignments.iter().map(alignment));
    members.set_list("tags", tags(class));
    members.set_if("@language", class.language.as_ref().map(|tag| tag.as_str()));
    members
        .set("version", class.version_label.clone().unwrap_or_else(|| class.version.to_string()));
    if let Some(version) = class.version.checked_sub(1).filter(|version| *version >= 1) {
        let former = BadgeClassRef { id: class.id.clone(), version };
        members.set("related", json!({ "id": urls.ob2_badge_class(slug, key_number, &former) }));
    }
    members.done()
}

fn image(urls: &Urls, class: &BadgeClass) -> Value {
    let (format, caption) = match &class.image {
        Some(image) => (image.format, image.alt.clone()),
        None => (ImageFormat::Png, format!("Badge: {}", class.name)),
    };
    json!({ "id": urls.badge_class_image(&class.reference(), format), "caption": caption })
}

fn alignment(alignment: &Alignment) -> Value {
    let mut members = Members::new();
    members.set("targetName", alignment.target_name.as_str());
    members.set("targetUrl", alignment.target_url.as_str());
    members.set_if("targetDescription", alignment.target_description.as_deref());
    members.set_if("targetFramework", alignment.target_framework.as_deref());
    members.set_if("targetCode", alignment.target_code.as_deref());
    members.done()
}

/// Its tags and what has no other place, each once.
fn tags(class: &BadgeClass) -> Vec<&str> {
    let mut tags: Vec<&str> = Vec::new();
    let homeless = [
        class.badge_type.as_ref().map(|kind| kind.as_str()),
        class.human_code.as_deref(),
        class.field_of_study.as_deref(),
        class.specialization.as_deref(),
    ];
    for tag in class.tags.iter().map(String::as_str).chain(homeless.into_iter().flatten()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
