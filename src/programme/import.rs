//! Imports the file of a programme: an issuer with its micro-credentials, or a competency framework.
//!
//! Everything is read and judged before anything is made. A second import of the same file changes
//! nothing: issuers are known again by their slug, badge classes by their code; a definition that
//! says something else than before becomes a new version.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::framework::{self, Framework};
use super::source::{self, Source, renamed};
use crate::domain::{
    AccountId, BadgeClass, BadgeClassDraft, BadgeClassId, IssuerDraft, IssuerId, IssuerProfile,
    Problem, Problems, Slug,
};
use crate::issuer::{Issuer, IssuerError, Mandate};
use crate::json as strict;
use crate::store::{Page, StoreError, Versioned};
use crate::wire::rest::{self, Edit, ImageEdit};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The issuer of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<ImportedIssuer>,
    /// Its micro-credentials, in the order of the file.
    pub badge_classes: Vec<ImportedClass>,
    /// The framework of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<ImportedFramework>,
    /// Parts of the file that were read over, because this program has no use for them.
    pub left_out: Vec<String>,
}

/// An issuer of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportedIssuer {
    /// Its identifier.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// What was done.
    pub outcome: Outcome,
}

/// A micro-credential of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportedClass {
    /// Its code in the file.
    pub code: String,
    /// Its identifier in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its identifier here.
    pub id: String,
    /// Its newest version.
    pub version: u32,
    /// What was done.
    pub outcome: Outcome,
}

/// A framework of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportedFramework {
    /// Its identifier.
    pub identifier: String,
    /// Its title.
    pub title: String,
    /// How many entries it has.
    pub items: usize,
    /// How many associations it has.
    pub associations: usize,
    /// What was done.
    pub outcome: Outcome,
}

/// What was done with a part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was new.
    Created,
    /// It said something else before.
    Revised,
    /// It is as it was.
    Unchanged,
}

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not JSON, or says something twice.
    #[error("the file cannot be read: {0}")]
    Json(#[from] strict::Error),
    /// What is wrong with it, place by place; nothing was made.
    #[error("the file cannot be imported: {0}")]
    Invalid(Problems),
    /// Its issuer belongs to another account.
    #[error("the issuer {0} belongs to another account")]
    Foreign(String),
    /// Making something failed. What was made before stays; importing again goes on from there.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Issuer(error.into())
    }
}

/// Lists of micro-credentials that a file may have.
const LISTS: [&str; 4] = ["achievements", "badgeClasses", "competencies", "microCredentials"];

/// Other parts of a file: facts about the programme, and rules that are no badge classes.
const READ_OVER: [&str; 9] = [
    "$comment",
    "bands",
    "focusAreas",
    "nameStatusValues",
    "note",
    "programme",
    "ruleGrammar",
    "ruleTests",
    "stacks",
];

/// Imports the text of a file.
///
/// # Errors
/// See [`ImportError`].
pub async fn import(
    issuer: &Issuer,
    mandate: &Mandate<'_>,
    text: &str,
) -> Result<ImportReport, ImportError> {
    let file = Value::from(&strict::parse(text)?);
    if framework::is_framework(&file) {
        let framework = framework::read(&file).map_err(ImportError::Invalid)?;
        return keep_framework(issuer, mandate.account, framework, text).await;
    }
    let plan = Plan::read(&file)?;
    let (profile, outcome) = plan.issuer(issuer, mandate).await?;
    let drafts = plan.classes(&profile.id)?;
    let present = present_classes(issuer, mandate.account, &profile.id).await?;
    let mut report = ImportReport {
        issuer: Some(ImportedIssuer {
            id: profile.id.to_string(),
            slug: profile.slug.to_string(),
            outcome,
        }),
        left_out: plan.left_out,
        ..ImportReport::default()
    };
    for (source, draft) in plan.sources.into_iter().zip(drafts) {
        let known = draft.human_code.as_ref().and_then(|code| present.get(code));
        let (class, outcome) = put_class(issuer, mandate, known, draft).await?;
        name_class(issuer, mandate.account, &class.id, &source).await?;
        report.badge_classes.push(ImportedClass {
            code: source.code,
            source: source.id,
            id: class.id.to_string(),
            version: class.version,
            outcome,
        });
    }
    Ok(report)
}

/// A file, read and judged.
struct Plan {
    slug: Slug,
    issuer: IssuerDraft,
    sources: Vec<Source>,
    left_out: Vec<String>,
}

impl Plan {
    fn read(file: &Value) -> Result<Self, ImportError> {
        let mut problems = Problems::new();
        let Value::Object(members) = file else {
            problems.add("", "not-an-object", "the file must be an object");
            return Err(ImportError::Invalid(problems));
        };
        let issuer = issuer_draft(members.get("issuer"), &mut problems);
        let mut sources: Vec<Source> = Vec::new();
        let mut left_out = Vec::new();
        let mut places: HashMap<String, String> = HashMap::new();
        for (name, value) in members {
            match name.as_str() {
                "issuer" => {}
                list if LISTS.contains(&list) => {
                    let Value::Array(items) = value else {
                        problems.add(format!("/{list}"), "not-an-array", "must be an array");
                        continue;
                    };
                    for (at, item) in items.iter().enumerate() {
                        let place = format!("/{list}/{at}");
                        let Some(source) = source::read(item, &place, &mut problems) else {
                            continue;
                        };
                        let key = source.body.get("humanCode").map(Value::to_string);
                        let key = key.unwrap_or_default();
                        if let Some(first) = places.insert(key.clone(), place.clone()) {
                            let detail = format!("{key} is the code of {first} already");
                            problems.add(format!("{place}/code"), "duplicate", detail);
                        }
                        sources.push(source);
                    }
                }
                part if READ_OVER.contains(&part) => left_out.push(part.to_owned()),
                unknown => problems.add(
                    format!("/{}", unknown.replace('~', "~0").replace('/', "~1")),
                    "unknown-member",
                    format!("a file has issuer and one of {}", LISTS.join(", ")),
                ),
            }
        }
        if !LISTS.iter().any(|list| members.contains_key(*list)) {
            let detail = format!("a file needs one of {}", LISTS.join(", "));
            problems.add("", "required", detail);
        }
        // The drafts are read once with an issuer that is not there, so that every problem of the
        // file is told before anything is made.
        if let Ok(nobody) = IssuerId::parse("iss_0000000000000000000000") {
            for source in &sources {
                if let Err(found) = class_draft(source, &nobody) {
                    problems.0.extend(at_source(found, source));
                }
            }
        }
        match issuer {
            Some((slug, issuer)) if problems.is_empty() => {
                Ok(Self { slug, issuer, sources, left_out })
            }
            _ => Err(ImportError::Invalid(problems)),
        }
    }

    /// The issuer of the file: the one of that slug, or a new one.
    async fn issuer(
        &self,
        issuer: &Issuer,
        mandate: &Mandate<'_>,
    ) -> Result<(IssuerProfile, Outcome), ImportError> {
        let Some((account, id)) = issuer.store().issuer_by_slug(&self.slug).await? else {
            let done = issuer.create_issuer(mandate, self.issuer.clone()).await?;
            return Ok((done.value, Outcome::Created));
        };
        if account != *mandate.account {
            return Err(ImportError::Foreign(self.slug.to_string()));
        }
        let present = issuer.store().issuer(&account, &id).await?;
        let present = present.ok_or(IssuerError::NotFound("issuer"))?;
        let answer = issuer.issuer_answer(&account, &present.value).await?;
        let same = rest::issuer_edit(&answer, &strict::Value::Object(strict::Object::default()))
            .map_err(ImportError::Invalid)?;
        if same.draft == self.issuer {
            return Ok((present.value, Outcome::Unchanged));
        }
        let edit = Edit { draft: self.issuer.clone(), image: ImageEdit::Keep };
        let done = issuer.edit_issuer(mandate, &present, edit).await?;
        Ok((done.value, Outcome::Revised))
    }

    fn classes(&self, issuer: &IssuerId) -> Result<Vec<BadgeClassDraft>, ImportError> {
        let drafts = self.sources.iter().map(|source| {
            class_draft(source, issuer)
                .map_err(|found| ImportError::Invalid(Problems(at_source(found, source))))
        });
        drafts.collect()
    }
}

fn class_draft(source: &Source, issuer: &IssuerId) -> Result<BadgeClassDraft, Problems> {
    let mut body = source.body.clone();
    body.insert("issuer".to_owned(), json!(issuer.as_str()));
    rest::badge_class_draft(&strict::Value::from(&Value::Object(body)))
}

/// Problems of a body, at the place of its achievement in the file.
fn at_source(problems: Problems, source: &Source) -> Vec<Problem> {
    let moved = problems.0.into_iter().map(|mut problem| {
        problem.pointer = format!("{}{}", source.place, problem.pointer);
        problem
    });
    moved.collect()
}

/// The issuer of a file. Its slug is the last part of its id.
fn issuer_draft(value: Option<&Value>, problems: &mut Problems) -> Option<(Slug, IssuerDraft)> {
    let Some(Value::Object(members)) = value else {
        problems.add("/issuer", "required", "the file must name its issuer");
        return None;
    };
    let mut body: Map<String, Value> = members.clone();
    for ours in ["type", "fictional", "nameStatus", "note"] {
        body.remove(ours);
    }
    if let Some(phone) = body.remove("phone") {
        body.insert("telephone".to_owned(), phone);
    }
    if let Some(parent) = body.get("parentOrg") {
        let parent = renamed(parent, &[]);
        body.insert("parentOrg".to_owned(), parent);
    }
    let id = body.remove("id");
    let id = id.as_ref().and_then(Value::as_str).unwrap_or_default();
    let last = id.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    body.entry("slug").or_insert_with(|| json!(last));
    match rest::issuer_draft(&strict::Value::from(&Value::Object(body))) {
        Ok(draft) => Some((draft.slug.clone()?, draft)),
        Err(found) => {
            problems.0.extend(found.0.into_iter().map(|mut problem| {
                problem.pointer = format!("/issuer{}", problem.pointer);
                problem
            }));
            None
        }
    }
}

/// The badge classes of an issuer by their code.
pub(super) async fn present_classes(
    issuer: &Issuer,
    account: &AccountId,
    of: &IssuerId,
) -> Result<HashMap<String, Versioned<BadgeClass>>, ImportError> {
    let mut found = HashMap::new();
    let mut page = Page::first(500);
    loop {
        let listed = issuer.store().badge_classes(account, Some(of), &page).await?;
        for class in listed.items {
            if let Some(code) = class.value.human_code.clone() {
                found.insert(code, class);
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

async fn put_class(
    issuer: &Issuer,
    mandate: &Mandate<'_>,
    known: Option<&Versioned<BadgeClass>>,
    draft: BadgeClassDraft,
) -> Result<(BadgeClass, Outcome), ImportError> {
    let Some(known) = known else {
        let done = issuer.create_badge_class(mandate, draft).await?;
        return Ok((done.value, Outcome::Created));
    };
    let answer = issuer.badge_class_answer(&known.value);
    let nothing = strict::Value::Object(strict::Object::default());
    let same = rest::badge_class_edit(&answer, &nothing).map_err(ImportError::Invalid)?;
    if same.draft == draft {
        return Ok((known.value.clone(), Outcome::Unchanged));
    }
    let edit = Edit { draft, image: ImageEdit::Keep };
    let done = issuer.revise_badge_class(mandate, known, edit).await?;
    Ok((done.value, Outcome::Revised))
}

/// Lists of awards name the badge class as its file does.
async fn name_class(
    issuer: &Issuer,
    account: &AccountId,
    class: &BadgeClassId,
    source: &Source,
) -> Result<(), ImportError> {
    let names: Vec<String> = source.id.iter().chain([&source.code]).cloned().collect();
    let store = issuer.store();
    if store.names_of_class(account, class).await? != names {
        let mut tx = store.begin(account);
        tx.set_class_names(class, &names);
        tx.commit().await?;
    }
    Ok(())
}

/// Keeps the package as it came, for this account.
async fn keep_framework(
    issuer: &Issuer,
    account: &AccountId,
    framework: Framework,
    text: &str,
) -> Result<ImportReport, ImportError> {
    let store = issuer.store();
    let name = format!("framework/{account}/{}", framework.identifier);
    let before = store.fact(&name).await?;
    let digest = store.blobs().put(text.as_bytes().to_vec()).await?;
    let outcome = match before {
        None => Outcome::Created,
        Some(former) if former == digest => Outcome::Unchanged,
        Some(_) => Outcome::Revised,
    };
    if outcome != Outcome::Unchanged {
        store.set_fact(&name, &digest).await?;
    }
    let framework = ImportedFramework {
        items: framework.items.len(),
        associations: framework.associations,
        identifier: framework.identifier,
        title: framework.title,
        outcome,
    };
    Ok(ImportReport { framework: Some(framework), ..ImportReport::default() })
}
