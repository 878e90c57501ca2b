//! Reads a badge class with its rubric.

use std::collections::HashMap;

use super::body::Body;
use super::edit::{Edit, ImageEdit, overlay};
use super::image::image;
use super::parts::{alignments, other_identifiers, web_url};
use super::{DESCRIPTION_LENGTH, NAME_LENGTH, NARRATIVE_LENGTH, SHORT_LENGTH};
use crate::domain::{
    BadgeClassDraft, BadgeType, Code, Credits, Criteria, IssuerId, LanguageTag, Problems,
    ResultDescription, ResultType, RubricLevel, Stage, StageDraft, Validity,
};
use crate::json::Value;

const KNOWN: [&str; 21] = [
    "issuer",
    "name",
    "description",
    "criteria",
    "achievementType",
    "image",
    "alignment",
    "resultDescription",
    "tags",
    "creditsAvailable",
    "validity",
    "requiredEvidence",
    "requiresResults",
    "suspendable",
    "humanCode",
    "fieldOfStudy",
    "specialization",
    "inLanguage",
    "versionLabel",
    "otherIdentifier",
    "stage",
];

/// Members of an answer that only we set.
const READ_ONLY: [&str; 8] =
    ["id", "version", "url", "inForce", "author", "createdAt", "revision", "links"];

/// Reads the body of a new badge class.
///
/// # Errors
/// Every problem with its place.
pub fn badge_class_draft(body: &Value<'_>) -> Result<BadgeClassDraft, Problems> {
    let mut problems = Problems::new();
    let draft = read(body, &mut problems);
    finish(draft, problems)
}

/// Reads a change of a badge class, of which `answer` is the newest version. The issuer is fixed:
/// another one is a problem.
///
/// # Errors
/// Every problem with its place.
pub fn badge_class_edit(
    answer: &serde_json::Value,
    body: &Value<'_>,
) -> Result<Edit<BadgeClassDraft>, Problems> {
    let (merged, keep) = overlay(answer, body, &READ_ONLY);
    let mut problems = Problems::new();
    let draft = read(&merged, &mut problems);
    if merged.str_of("issuer") != answer.get("issuer").and_then(serde_json::Value::as_str) {
        problems.add("/issuer", "fixed", "the issuer of a badge class cannot be changed");
    }
    let mut draft = finish(draft, problems)?;
    draft.stage = draft.stage.filter(|_| body.get("stage").is_some());
    let image = match draft.image.take() {
        Some(image) => ImageEdit::Replace(image),
        None if keep => ImageEdit::Keep,
        None => ImageEdit::Remove,
    };
    Ok(Edit { draft, image })
}

/// Reads the stage that a badge class shall come to, and why.
///
/// # Errors
/// Every problem with its place.
pub fn stage_draft(body: &Value<'_>) -> Result<StageDraft, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &["stage", "reason"], &mut problems) else {
        return Err(problems);
    };
    body.require("stage", &mut problems);
    let stage = body.parsed("stage", &mut problems, Stage::parse).unwrap_or_default();
    let reason = body.text("reason", DESCRIPTION_LENGTH, &mut problems);
    problems.or(StageDraft { stage, reason })
}

fn finish(
    draft: Option<BadgeClassDraft>,
    mut problems: Problems,
) -> Result<BadgeClassDraft, Problems> {
    match draft {
        Some(draft) => problems.or(draft),
        None => {
            if problems.is_empty() {
                problems.add("", "invalid", "cannot be read");
            }
            Err(problems)
        }
    }
}

fn read(value: &Value<'_>, problems: &mut Problems) -> Option<BadgeClassDraft> {
    let body = Body::open(value, "", &KNOWN, problems)?;
    body.require("issuer", problems);
    let issuer = body.parsed("issuer", problems, IssuerId::parse);
    let name = body.required_text("name", NAME_LENGTH, problems);
    let description = body.required_text("description", DESCRIPTION_LENGTH, problems);
    let criteria = criteria(&body, problems);
    let draft = BadgeClassDraft {
        issuer: issuer.clone()?,
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        criteria: criteria.unwrap_or(Criteria { url: None, narrative: None }),
        badge_type: body.parsed("achievementType", problems, BadgeType::parse),
        image: image(&body, problems),
        alignments: alignments(&body, problems),
        result_descriptions: result_descriptions(&body, problems),
        tags: body.texts("tags", 50, 100, problems),
        credits_available: body.number("creditsAvailable", problems, Credits::new),
        validity: body.parsed("validity", problems, Validity::parse),
        required_evidence: body.texts("requiredEvidence", 20, SHORT_LENGTH, problems),
        requires_results: body.boolean("requiresResults", false, problems),
        suspendable: body.boolean("suspendable", false, problems),
        human_code: body.text("humanCode", NAME_LENGTH, problems),
        field_of_study: body.text("fieldOfStudy", NAME_LENGTH, problems),
        specialization: body.text("specialization", NAME_LENGTH, problems),
        language: body.parsed("inLanguage", problems, LanguageTag::parse),
        version_label: body.scalar("versionLabel", 100, problems),
        other_identifiers: other_identifiers(&body, problems),
        stage: body.parsed("stage", problems, Stage::parse),
    };
    if draft.requires_results && draft.result_descriptions.is_empty() {
        let detail = "there is no resultDescription to require results for";
        problems.add("/requiresResults", "nothing-to-require", detail);
    }
    Some(draft)
}

fn criteria(body: &Body<'_, '_>, problems: &mut Problems) -> Option<Criteria> {
    body.require("criteria", problems);
    let value = body.get("criteria")?;
    let part = Body::open(value, body.at("criteria"), &["url", "narrative"], problems)?;
    let given = part.get("url").is_some() || part.get("narrative").is_some();
    if !given {
        problems.add(part.pointer(), "required", "criteria need a narrative or a url");
    }
    Some(Criteria {
        url: part.parsed("url", problems, web_url),
        narrative: part.text("narrative", NARRATIVE_LENGTH, problems),
    })
}

fn result_descriptions(body: &Body<'_, '_>, problems: &mut Problems) -> Vec<ResultDescription> {
    const KNOWN: [&str; 10] = [
        "code",
        "name",
        "resultType",
        "rubricCriterionLevel",
        "requiredLevel",
        "requiredValue",
        "allowedValue",
        "valueMin",
        "valueMax",
        "alignment",
    ];
    let mut descriptions = Vec::new();
    let mut fragments: HashMap<String, String> = HashMap::new();
    for (place, item) in body.list("resultDescription", 60, problems) {
        let Some(item) = Body::open(item, place, &KNOWN, problems) else { continue };
        for name in ["code", "resultType"] {
            item.require(name, problems);
        }
        let code = item.parsed("code", problems, Code::parse);
        let name = item.required_text("name", SHORT_LENGTH, problems);
        let result_type = item.parsed("resultType", problems, ResultType::parse);
        if let Some(code) = &code {
            claim(&mut fragments, code.to_string(), item.at("code"), problems);
        }
        let levels = levels(&item, code.as_ref(), &mut fragments, problems);
        let required_level = item.parsed("requiredLevel", problems, Code::parse);
        if let Some(required) = &required_level
            && !levels.iter().any(|level| level.code == *required)
        {
            let detail = format!("there is no rubricCriterionLevel with the code \"{required}\"");
            problems.add(item.at("requiredLevel"), "unknown-level", detail);
        }
        let required_value = item.scalar("requiredValue", SHORT_LENGTH, problems);
        let allowed_values = item.texts("allowedValue", 100, SHORT_LENGTH, problems);
        let value_min = item.scalar("valueMin", 100, problems);
        let value_max = item.scalar("valueMax", 100, problems);
        if let (Some(least), Some(most)) = (as_number(&value_min), as_number(&value_max))
            && least > most
        {
            problems.add(item.at("valueMax"), "out-of-order", "valueMax is less than valueMin");
        }
        let alignments = alignments(&item, problems);
        if let (Some(code), Some(name), Some(result_type)) = (code, name, result_type) {
            descriptions.push(ResultDescription {
                code,
                name,
                result_type,
                levels,
                required_level,
                required_value,
                allowed_values,
                value_min,
                value_max,
                alignments,
            });
        }
    }
    descriptions
}

fn levels(
    description: &Body<'_, '_>,
    of: Option<&Code>,
    fragments: &mut HashMap<String, String>,
    problems: &mut Problems,
) -> Vec<RubricLevel> {
    const KNOWN: [&str; 6] = ["code", "name", "level", "description", "points", "alignment"];
    let mut levels = Vec::new();
    for (place, item) in description.list("rubricCriterionLevel", 20, problems) {
        let Some(item) = Body::open(item, place, &KNOWN, problems) else { continue };
        item.require("code", problems);
        let code = item.parsed("code", problems, Code::parse);
        if let (Some(of), Some(code)) = (of, &code) {
            claim(fragments, format!("{of}-{code}"), item.at("code"), problems);
        }
        let name = item.required_text("name", SHORT_LENGTH, problems);
        let level = item.scalar("level", SHORT_LENGTH, problems);
        let description = item.text("description", DESCRIPTION_LENGTH, problems);
        let points = item.scalar("points", 100, problems);
        let alignments = alignments(&item, problems);
        if let (Some(code), Some(name)) = (code, name) {
            levels.push(RubricLevel { code, name, level, description, points, alignments });
        }
    }
    levels
}

/// Codes become URL fragments, so the level `c` of `a-b` and the level `b-c` of `a` would be one.
fn claim(
    fragments: &mut HashMap<String, String>,
    fragment: String,
    place: String,
    problems: &mut Problems,
) {
    match fragments.get(&fragment) {
        Some(first) => {
            let detail = format!("its fragment #rd-{fragment} is that of {first}");
            problems.add(place, "duplicate-code", detail);
        }
        None => {
            fragments.insert(fragment, place);
        }
    }
}

fn as_number(text: &Option<String>) -> Option<f64> {
    text.as_deref()?.parse().ok()
}
