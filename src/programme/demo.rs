//! The demo: two fictional programmes, and real awards in every state, minted like any other.
//!
//! Made once; a second start finds everything as it was. Dates are counted from the first start, so
//! that what is shown as in force is in force.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::import::{ImportError, import};
use crate::baking::{self, BadgeVersion, Payload};
use crate::domain::{
    AccountId, Assertion, BadgeClassId, ChangeDraft, ImageFormat, Problems, Visibility,
};
use crate::issuer::{Award, Issuer, IssuerError, Mandate};
use crate::json as strict;
use crate::urls::BadgeForm;
use crate::wire::rest;

/// The files that are compiled in: a framework and two programmes.
const PROGRAMMES: [&str; 3] = [
    include_str!("../../fixtures/programme/tlms-framework.json"),
    include_str!("../../fixtures/programme/teaching-matters.json"),
    include_str!("../../fixtures/programme/co-ascd-tlmc.json"),
];
const AWARDS: &str = include_str!("../../fixtures/programme/demo.json");

/// Who did it, in audit rows.
const ACTOR: &str = "demo";

/// What the demo shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Demo {
    /// Awards in force that anyone may read; the first has alignment, rubric results and public
    /// evidence.
    pub awards: Vec<Shown>,
    /// Awards in the other states.
    pub gallery: Vec<Shown>,
    /// Copies of the first award that somebody altered after it was signed.
    #[serde(skip)]
    pub altered: Vec<AlteredCopy>,
}

/// An award that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its identifier.
    pub id: String,
    /// The badge link.
    pub url: String,
    /// Its state now: `active`, `expired`, `revoked`, `suspended` or `notYetValid`.
    pub state: &'static str,
    /// What was earned.
    pub name: String,
    /// By whom.
    pub recipient: String,
}

/// A badge that must not verify: a file name, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlteredCopy {
    /// Such as `altered.json`.
    pub file_name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was altered.
    pub what: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Script {
    badge_classes: Vec<Map<String, Value>>,
    awards: Vec<ScriptedAward>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScriptedAward {
    key: String,
    /// The code of its badge class.
    badge_class: String,
    /// The state it is made to show.
    shows: String,
    issued_days_ago: i64,
    expires_days_ago: Option<i64>,
    /// First and last day of the work.
    activity_days: Option<[i64; 2]>,
    change: Option<ScriptedChange>,
    /// Whether its holder is written to, where mail leaves.
    #[serde(default)]
    notify: bool,
    body: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScriptedChange {
    reason: String,
    public_reason: Option<String>,
}

/// Makes what is missing of the demo in `account`, and says what there is. `now` counts for dates of
/// awards that are made.
///
/// # Errors
/// What minting and importing say.
pub async fn prepare(
    issuer: &Issuer,
    account: &AccountId,
    now: Timestamp,
) -> Result<Demo, ImportError> {
    let mandate = Mandate::of(account, ACTOR);
    let script: Script = serde_json::from_str(AWARDS).map_err(|error| broken(&error))?;
    let mut classes = Vec::new();
    for programme in PROGRAMMES {
        let report = import(issuer, &mandate, programme).await?;
        classes.extend(report.badge_classes.into_iter().map(|class| class.id));
    }
    let mut known = Vec::new();
    for id in classes {
        let id = BadgeClassId::parse(&id).map_err(|error| broken(&error))?;
        let class = issuer.store().badge_class(account, &id).await?;
        known.extend(class.and_then(|class| class.value.human_code.map(|code| (code, id))));
    }
    for body in script.badge_classes {
        known.push(extra_class(issuer, &mandate, body).await?);
    }
    let mut awards = Vec::new();
    for scripted in &script.awards {
        let class = known.iter().find(|(code, _)| *code == scripted.badge_class);
        let (_, class) = class.ok_or_else(|| broken(&scripted.badge_class))?;
        awards.push(put_award(issuer, &mandate, scripted, class, now).await?);
    }
    show(issuer, account, awards, now).await
}

/// The compiled-in files are ours: a fault in them is one of the program.
fn broken(what: &dyn std::fmt::Display) -> ImportError {
    let mut problems = Problems::new();
    problems.add("", "demo", format!("the demo's own files do not fit together: {what}"));
    ImportError::Invalid(problems)
}

/// A badge class that is in no programme's file, found again by its code.
async fn extra_class(
    issuer: &Issuer,
    mandate: &Mandate<'_>,
    mut body: Map<String, Value>,
) -> Result<(String, BadgeClassId), ImportError> {
    let text = |body: &Map<String, Value>, name: &str| {
        body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (slug, code) = (text(&body, "issuer"), text(&body, "humanCode"));
    let slug = crate::domain::Slug::parse(&slug).map_err(|error| broken(&error))?;
    let found = issuer.store().issuer_by_slug(&slug).await?;
    let (_, id) = found.ok_or_else(|| broken(&slug))?;
    let present = super::import::present_classes(issuer, mandate.account, &id).await?;
    if let Some(class) = present.get(&code) {
        return Ok((code, class.value.id.clone()));
    }
    body.insert("issuer".to_owned(), json!(id.as_str()));
    let draft = rest::badge_class_draft(&strict::Value::from(&Value::Object(body)))
        .map_err(ImportError::Invalid)?;
    let done = issuer.create_badge_class(mandate, draft).await?;
    Ok((code, done.value.id))
}

/// An award of the script, found again by its external id, in the state it is to show.
async fn put_award(
    issuer: &Issuer,
    mandate: &Mandate<'_>,
    scripted: &ScriptedAward,
    class: &BadgeClassId,
    now: Timestamp,
) -> Result<Assertion, ImportError> {
    let external_id = format!("demo-{}", scripted.key);
    let store = issuer.store();
    let present = store.assertion_by_external_id(mandate.account, &external_id).await?;
    let award = match present {
        Some(present) => present.value,
        None => {
            let ago = |days: i64| {
                now.checked_sub(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(now)
            };
            let mut body = scripted.body.clone();
            let mut put = |name: &str, value: String| body.insert(name.to_owned(), json!(value));
            put("badgeClass", class.to_string());
            put("externalId", external_id);
            put("issuedOn", ago(scripted.issued_days_ago).to_string());
            if let Some(days) = scripted.expires_days_ago {
                put("expires", ago(days).to_string());
            }
            if let Some([first, last]) = scripted.activity_days {
                put("activityStart", ago(first).to_string());
                put("activityEnd", ago(last).to_string());
            }
            if scripted.notify && issuer.sends_mail() {
                body.insert("notify".to_owned(), json!(true));
            }
            let draft = rest::assertion_draft(&strict::Value::from(&Value::Object(body)))
                .map_err(ImportError::Invalid)?;
            issuer.mint(mandate, draft).await?.value
        }
    };
    let Some(change) = &scripted.change else { return Ok(award) };
    let why =
        ChangeDraft { reason: change.reason.clone(), public_reason: change.public_reason.clone() };
    let done = match scripted.shows.as_str() {
        "revoked" => issuer.revoke(mandate, &award.id, &why).await?,
        "suspended" => issuer.suspend(mandate, &award.id, &why).await?,
        other => return Err(broken(&other)),
    };
    Ok(done.value)
}

async fn show(
    issuer: &Issuer,
    account: &AccountId,
    awards: Vec<Assertion>,
    now: Timestamp,
) -> Result<Demo, ImportError> {
    let mut demo = Demo { awards: Vec::new(), gallery: Vec::new(), altered: Vec::new() };
    for assertion in awards {
        let award = issuer.award(account, &assertion.id).await?;
        let state = assertion.state_word(now);
        let shown = Shown {
            id: assertion.id.to_string(),
            url: issuer.urls().badge(&assertion.id),
            state,
            name: award.class.name.clone(),
            recipient: assertion.recipient.name.clone().unwrap_or_default(),
        };
        if state == "active" && assertion.visibility == Visibility::Public {
            if demo.awards.is_empty() {
                demo.altered = altered(issuer, &award).await?;
            }
            demo.awards.push(shown);
        } else {
            demo.gallery.push(shown);
        }
    }
    Ok(demo)
}

/// The award with another role written into it after it was signed, as JSON and as picture.
async fn altered(issuer: &Issuer, award: &Award) -> Result<Vec<AlteredCopy>, ImportError> {
    const WHAT: &str = "the role was changed after signing";
    let signed = issuer.form(award, BadgeForm::Json).await?;
    let mut credential: Value =
        serde_json::from_slice(&signed.bytes).map_err(|error| broken(&error))?;
    if let Some(subject) = credential.get_mut("credentialSubject").and_then(Value::as_object_mut) {
        subject.insert("role".to_owned(), json!("Superintendent of schools"));
    }
    let text = credential.to_string();
    let picture = issuer.class_picture(&award.issuer, &award.class, ImageFormat::Png).await?;
    let baked = baking::bake(&picture, BadgeVersion::Ob3, Payload::Json(&text))
        .map_err(IssuerError::from)?;
    Ok(vec![
        AlteredCopy { file_name: "altered.json", bytes: text.into_bytes(), what: WHAT },
        AlteredCopy { file_name: "altered.png", bytes: baked, what: WHAT },
    ])
}
