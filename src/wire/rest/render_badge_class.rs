//! A badge class as the API answers it.

use serde_json::{Value, json};

use super::render_issuer::{image, other_identifier};
use crate::domain::{Alignment, BadgeClass, ResultDescription, RubricLevel, Stage};
use crate::urls::Urls;
use crate::wire::members::{Members, number};

/// The object of a badge class in one version. A published one that is not the version `in_force`
/// is superseded.
pub fn badge_class_answer(urls: &Urls, class: &BadgeClass, in_force: Option<u32>) -> Value {
    let mut members = Members::new();
    members.set("id", class.id.as_str());
    members.set("version", class.version);
    members.set("url", urls.badge_class(&class.reference()));
    members.set("issuer", class.issuer.as_str());
    members.set("name", class.name.as_str());
    members.set("description", class.description.as_str());
    members.set("criteria", {
        let mut criteria = Members::new();
        criteria.set_if("narrative", class.criteria.narrative.as_deref());
        criteria.set_if("url", class.criteria.url.as_ref().map(|url| url.as_str()));
        criteria.done()
    });
    members.set_if("achievementType", class.badge_type.as_ref().map(|kind| kind.as_str()));
    members.set_if(
        "image",
        class.image.as_ref().map(|picture| {
            image(picture, urls.badge_class_image(&class.reference(), picture.format))
        }),
    );
    members.set_list("alignment", class.alignments.iter().map(alignment));
    members.set_list("resultDescription", class.result_descriptions.iter().map(result_description));
    members.set_list("tags", class.tags.iter().map(String::as_str));
    members.set_if("creditsAvailable", class.credits_available.map(|c| number(c.number())));
    members.set_if("validity", class.validity.as_ref().map(|validity| validity.as_str()));
    members.set_list("requiredEvidence", class.required_evidence.iter().map(String::as_str));
    members.set("requiresResults", class.requires_results);
    members.set("suspendable", class.suspendable);
    members.set_if("humanCode", class.human_code.as_deref());
    members.set_if("fieldOfStudy", class.field_of_study.as_deref());
    members.set_if("specialization", class.specialization.as_deref());
    members.set_if("inLanguage", class.language.as_ref().map(|tag| tag.as_str()));
    members.set_if("versionLabel", class.version_label.as_deref());
    members.set_list("otherIdentifier", class.other_identifiers.iter().map(other_identifier));
    members.set(
        "stage",
        match class.stage {
            Stage::Published if in_force != Some(class.version) => "superseded",
            stage => stage.as_str(),
        },
    );
    members.set_if("inForce", in_force);
    members.set_if("author", class.author.as_ref().map(|person| person.as_str()));
    members.set("createdAt", class.created_at.to_string());
    members.set("revision", class.revision);
    members.set("links", json!({ "newest": urls.newest_badge_class(&class.id) }));
    members.done()
}

fn result_description(rd: &ResultDescription) -> Value {
    let mut members = Members::new();
    members.set("code", rd.code.as_str());
    members.set("name", rd.name.as_str());
    members.set("resultType", rd.result_type.as_str());
    members.set_list("rubricCriterionLevel", rd.levels.iter().map(level));
    members.set_if("requiredLevel", rd.required_level.as_ref().map(|code| code.as_str()));
    members.set_if("requiredValue", rd.required_value.as_deref());
    members.set_list("allowedValue", rd.allowed_values.iter().map(String::as_str));
    members.set_if("valueMin", rd.value_min.as_deref());
    members.set_if("valueMax", rd.value_max.as_deref());
    members.set_list("alignment", rd.alignments.iter().map(alignment));
    members.done()
}

fn level(level: &RubricLevel) -> Value {
    let mut members = Members::new();
    members.set("code", level.code.as_str());
    members.set("name", level.name.as_str());
    members.set_if("level", level.level.as_deref());
    members.set_if("description", level.description.as_deref());
    members.set_if("points", level.points.as_deref());
    members.set_list("alignment", level.alignments.iter().map(alignment));
    members.done()
}

pub(super) fn alignment(alignment: &Alignment) -> Value {
    let mut members = Members::new();
    members.set("targetName", alignment.target_name.as_str());
    members.set("targetUrl", alignment.target_url.as_str());
    members.set_if("targetDescription", alignment.target_description.as_deref());
    members.set_if("targetFramework", alignment.target_framework.as_deref());
    members.set_if("targetCode", alignment.target_code.as_deref());
    members.set_if("targetType", alignment.target_type.as_ref().map(|kind| kind.as_str()));
    members.done()
}
