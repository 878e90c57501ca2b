//! One award that says everything, for the tests of this layer and those above.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::{
    Assertion, AssertionId, AssertionState, BadgeClass, BadgeClassId, IssuerId, IssuerProfile,
    KeyId, Recipient, Slug, StatusEntry, StatusPurpose, parse_instant,
};
use crate::json;
use crate::urls::Urls;
use crate::wire::ob3::Edition;
use crate::wire::rest::{assertion_draft, badge_class_draft, issuer_draft};
use crate::world::Random;

/// The DID of the sample's issuer.
pub(crate) const ISSUER_ID: &str = "did:web:badges.example.org:issuers:tm";

/// Body of the issuer.
pub(crate) const ISSUER: &str = r#"{
    "slug": "tm", "name": "Example Programme", "url": "https://tm.example.org/",
    "email": "badges@tm.example.org", "description": "Teacher leaders", "telephone": "+12125550100",
    "otherIdentifier": [{"identifier": "12345", "identifierType": "ext:LinkedIn:organizationId"}],
    "parentOrg": {"id": "https://state.example.org/", "name": "State"}}"#;

/// Body of the badge class; `ISSUER_ID_HERE` stands for the issuer's identifier.
pub(crate) const CLASS: &str = r#"{
    "issuer": "ISSUER_ID_HERE", "name": "Data Analyst", "description": "Reads data with colleagues.",
    "criteria": {"url": "https://tm.example.org/r2", "narrative": "Lead *one* meeting."},
    "achievementType": "MicroCredential", "tags": ["data"], "creditsAvailable": 1.5,
    "humanCode": "TM-R2", "fieldOfStudy": "Education", "specialization": "Data",
    "inLanguage": "en", "versionLabel": "2026", "validity": "P3Y",
    "requiredEvidence": ["Observation notes"], "requiresResults": true,
    "otherIdentifier": [{"identifier": "R2", "identifierType": "sourcedId"}],
    "alignment": [{"targetName": "Reading data together", "targetUrl": "https://f.example.org/D2.b",
        "targetDescription": "About data", "targetFramework": "TLMS", "targetCode": "TLMS.D2.b",
        "targetType": "CFItem"}],
    "resultDescription": [
        {"code": "lead", "name": "Leads the meeting", "resultType": "RubricCriterionLevel",
         "requiredLevel": "yes",
         "alignment": [{"targetName": "Lead", "targetUrl": "https://f.example.org/D1.a"}],
         "rubricCriterionLevel": [
            {"code": "not-yet", "name": "Not yet", "level": "0", "points": "0"},
            {"code": "yes", "name": "Yes", "level": "1", "points": 2, "description": "Observed",
             "alignment": [{"targetName": "Level", "targetUrl": "https://f.example.org/L"}]}]},
        {"code": "hours", "name": "Contact hours", "resultType": "ext:ContactHours",
         "valueMin": "0", "valueMax": "15"},
        {"code": "grade", "name": "Grade", "resultType": "LetterGrade",
         "allowedValue": ["C", "B", "A"], "requiredValue": "B"}]}"#;

/// Body of the award; `CLASS_ID_HERE` stands for the badge class's identifier.
pub(crate) const AWARD: &str = r#"{
    "badgeClass": "CLASS_ID_HERE",
    "recipient": {"email": "Amara.Okafor@Schools.Example.ORG", "name": "Amara Okafor",
        "identifier": [{"identifier": "S-77", "identifierType": "sourcedId"}]},
    "issuedOn": "2026-03-27T10:00:00Z", "expires": "2029-03-27",
    "evidence": [
        {"url": "https://e.example.org/1", "name": "Notes", "description": "Of a meeting",
         "narrative": "What was *seen*", "genre": "Observation notes", "audience": "public",
         "sha256": "ceca1eb2d190c38522c584955c986f348983f748c4aff650877e257d903cf547"},
        {"name": "Reflection", "narrative": "For the assessor", "public": false}],
    "results": [
        {"resultDescription": "lead", "achievedLevel": "yes"},
        {"resultDescription": "hours", "value": 10},
        {"resultDescription": "grade", "value": "A", "status": "Completed"}],
    "narrative": "One cycle.", "role": "Team leader", "term": "TM-2026",
    "activityStart": "2026-01-10", "activityEnd": "2026-03-07", "creditsEarned": 1,
    "source": {"url": "https://assess.example.org/", "name": "Assessors"},
    "licenseNumber": "L-1", "externalId": "row-2", "visibility": "public"}"#;

/// Everything an edition needs.
pub(crate) struct Sample {
    pub(crate) urls: Urls,
    pub(crate) issuer: IssuerProfile,
    pub(crate) class: BadgeClass,
    pub(crate) award: Assertion,
}

impl Sample {
    pub(crate) fn edition(&self) -> Edition<'_> {
        Edition {
            urls: &self.urls,
            issuer: &self.issuer,
            issuer_id: ISSUER_ID,
            class: &self.class,
            assertion: &self.award,
        }
    }
}

/// The award with its class and issuer.
pub(crate) fn sample() -> Sample {
    let random = Random::seeded(11);
    let at = |text: &str| -> Timestamp { parse_instant(text).unwrap() };
    let draft = issuer_draft(&json::parse(ISSUER).unwrap()).unwrap();
    let issuer = IssuerProfile {
        id: IssuerId::random(&random),
        slug: Slug::parse("tm").unwrap(),
        name: draft.name,
        url: draft.url,
        email: draft.email,
        description: draft.description,
        telephone: draft.telephone,
        image: None,
        other_identifiers: draft.other_identifiers,
        parent: draft.parent,
        created_at: at("2026-01-01"),
        updated_at: at("2026-01-01"),
        revision: 1,
    };
    let body = CLASS.replace("ISSUER_ID_HERE", issuer.id.as_str());
    let draft = badge_class_draft(&json::parse(&body).unwrap()).unwrap();
    let class = BadgeClass {
        id: BadgeClassId::random(&random),
        version: 2,
        issuer: draft.issuer,
        name: draft.name,
        description: draft.description,
        criteria: draft.criteria,
        badge_type: draft.badge_type,
        image: None,
        alignments: draft.alignments,
        result_descriptions: draft.result_descriptions,
        tags: draft.tags,
        credits_available: draft.credits_available,
        validity: draft.validity,
        required_evidence: draft.required_evidence,
        requires_results: draft.requires_results,
        suspendable: draft.suspendable,
        human_code: draft.human_code,
        field_of_study: draft.field_of_study,
        specialization: draft.specialization,
        language: draft.language,
        version_label: draft.version_label,
        other_identifiers: draft.other_identifiers,
        stage: draft.stage.unwrap_or_default(),
        in_force: None,
        author: None,
        created_at: at("2026-01-02"),
        revision: 2,
    };
    let body = AWARD.replace("CLASS_ID_HERE", class.id.as_str());
    let draft = assertion_draft(&json::parse(&body).unwrap()).unwrap();
    let award = Assertion {
        id: AssertionId::random(&random),
        uuid: random.uuid(),
        subject_uuid: Uuid::from_u128(0x1234_5678_9abc_4def_8123_4567_89ab_cdef),
        badge_class: class.reference(),
        issuer: issuer.id.clone(),
        recipient: Recipient {
            identities: draft.recipient.identities,
            name: draft.recipient.name,
            name_public: draft.recipient.name_public,
            hashed: draft.recipient.hashed,
            salt: "salt".to_owned(),
        },
        issued_on: draft.issued_on.unwrap(),
        valid_from: draft.issued_on.unwrap(),
        expires: draft.expires,
        evidence: draft.evidence,
        results: draft.results,
        narrative: draft.narrative,
        role: draft.role,
        term: draft.term,
        activity_start: draft.activity_start,
        activity_end: draft.activity_end,
        credits_earned: draft.credits_earned,
        source: draft.source,
        license_number: draft.license_number,
        external_id: draft.external_id,
        visibility: draft.visibility,
        state: AssertionState::Active,
        status: vec![StatusEntry { purpose: StatusPurpose::Revocation, list: 1, index: 77_123 }],
        correction: None,
        renews: None,
        renewed_by: None,
        erased_at: None,
        key: KeyId::random(&random),
        created_at: at("2026-03-27"),
        revision: 1,
    };
    Sample { urls: Urls::new("https://badges.example.org").unwrap(), issuer, class, award }
}
