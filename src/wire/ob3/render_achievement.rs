//! A badge class as Achievement (Open Badges 3.0 §B.1.3).

use serde_json::{Value, json};

use super::CONTEXTS;
use super::render_profile::profile;
use crate::domain::{
    Alignment, BadgeClass, BadgeClassRef, Code, Criteria, ImageFormat, IssuerProfile,
    OtherIdentifier, ResultDescription, RubricLevel,
};
use crate::urls::Urls;
use crate::wire::members::{Members, number};

/// The document at the URL of one badge-class version, which names who made it.
pub fn achievement_document(
    urls: &Urls,
    issuer: &IssuerProfile,
    issuer_id: &str,
    class: &BadgeClass,
) -> Value {
    let mut document = achievement(urls, class);
    if let Value::Object(members) = &mut document {
        members.insert("creator".to_owned(), profile(urls, issuer, issuer_id));
        members.shift_insert(0, "@context".to_owned(), json!(CONTEXTS));
    }
    document
}

/// The id of a result description: a fragment of the version's URL.
pub fn result_description_id(urls: &Urls, class: &BadgeClass, code: &Code) -> String {
    format!("{}#rd-{code}", urls.badge_class(&class.reference()))
}

/// The id of a rubric level.
pub fn level_id(urls: &Urls, class: &BadgeClass, code: &Code, level: &Code) -> String {
    format!("{}-{level}", result_description_id(urls, class, code))
}

/// The Achievement as it stands inside a credential.
pub(super) fn achievement(urls: &Urls, class: &BadgeClass) -> Value {
    let mut members = Members::new();
    members.set("id", urls.badge_class(&class.reference()));
    members.set("type", json!(["Achievement"]));
    members.set_if("achievementType", class.badge_type.as_ref().map(|kind| kind.as_str()));
    members.set("name", class.name.as_str());
    members.set("description", class.description.as_str());
    members.set("criteria", criteria(&class.criteria));
    members.set("image", image(urls, class));
    members.set_list("alignment", class.alignments.iter().map(alignment));
    members.set_list(
        "resultDescription",
        class.result_descriptions.iter().map(|rd| result_description(urls, class, rd)),
    );
    members.set_list("tag", class.tags.iter().map(String::as_str));
    members.set_if("creditsAvailable", class.credits_available.map(|c| number(c.number())));
    members.set_if("humanCode", class.human_code.as_deref());
    members.set_if("fieldOfStudy", class.field_of_study.as_deref());
    members.set_if("specialization", class.specialization.as_deref());
    members.set_if("inLanguage", class.language.as_ref().map(|tag| tag.as_str()));
    members
        .set("version", class.version_label.clone().unwrap_or_else(|| class.version.to_string()));
    members.set_list("otherIdentifier", class.other_identifiers.iter().map(other_identifier));
    members.set_list("related", former_version(urls, class));
    members.done()
}

fn criteria(criteria: &Criteria) -> Value {
    let mut members = Members::new();
    members.set_if("id", criteria.url.as_ref().map(|url| url.as_str()));
    members.set_if("narrative", criteria.narrative.as_deref());
    members.done()
}

/// Its uploaded picture or the drawn one, which is a PNG.
fn image(urls: &Urls, class: &BadgeClass) -> Value {
    let (format, caption) = match &class.image {
        Some(image) => (image.format, image.alt.clone()),
        None => (ImageFormat::Png, format!("Badge: {}", class.name)),
    };
    json!({
        "id": urls.badge_class_image(&class.reference(), format),
        "type": "Image",
        "caption": caption,
    })
}

fn alignment(alignment: &Alignment) -> Value {
    let mut members = Members::new();
    members.set("type", json!(["Alignment"]));
    members.set_if("targetType", alignment.target_type.as_ref().map(|kind| kind.as_str()));
    members.set_if("targetCode", alignment.target_code.as_deref());
    members.set("targetName", alignment.target_name.as_str());
    members.set("targetUrl", alignment.target_url.as_str());
    members.set_if("targetDescription", alignment.target_description.as_deref());
    members.set_if("targetFramework", alignment.target_framework.as_deref());
    members.done()
}

fn result_description(urls: &Urls, class: &BadgeClass, rd: &ResultDescription) -> Value {
    let mut members = Members::new();
    members.set("id", result_description_id(urls, class, &rd.code));
    members.set("type", json!(["ResultDescription"]));
    members.set("name", rd.name.as_str());
    members.set("resultType", rd.result_type.as_str());
    members.set_list("allowedValue", rd.allowed_values.iter().map(String::as_str));
    members.set_if("valueMin", rd.value_min.as_deref());
    members.set_if("valueMax", rd.value_max.as_deref());
    members.set_list(
        "rubricCriterionLevel",
        rd.levels.iter().map(|level| rubric_level(urls, class, rd, level)),
    );
    members.set_if(
        "requiredLevel",
        rd.required_level.as_ref().map(|level| level_id(urls, class, &rd.code, level)),
    );
    members.set_if("requiredValue", rd.required_value.as_deref());
    members.set_list("alignment", rd.alignments.iter().map(alignment));
    members.done()
}

fn rubric_level(
    urls: &Urls,
    class: &BadgeClass,
    rd: &ResultDescription,
    level: &RubricLevel,
) -> Value {
    let mut members = Members::new();
    members.set("id", level_id(urls, class, &rd.code, &level.code));
    members.set("type", json!(["RubricCriterionLevel"]));
    members.set("name", level.name.as_str());
    members.set_if("level", level.level.as_deref());
    members.set_if("description", level.description.as_deref());
    members.set_if("points", level.points.as_deref());
    members.set_list("alignment", level.alignments.iter().map(alignment));
    members.done()
}

pub(super) fn other_identifier(other: &OtherIdentifier) -> Value {
    json!({
        "type": "IdentifierEntry",
        "identifier": other.identifier,
        "identifierType": other.identifier_type,
    })
}

/// `related` means the same achievement in another version, and nothing else.
fn former_version(urls: &Urls, class: &BadgeClass) -> Option<Value> {
    let version = class.version.checked_sub(1).filter(|version| *version >= 1)?;
    let former = BadgeClassRef { id: class.id.clone(), version };
    Some(json!({ "id": urls.badge_class(&former), "type": ["Related"] }))
}
