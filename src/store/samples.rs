//! Values to store in tests.

use jiff::Timestamp;

use super::Store;
use super::durable::Options;
use crate::domain::{
    AccountId, AchievedResult, Alignment, AlignmentType, Assertion, AssertionId, AssertionState,
    BadgeClass, BadgeClassId, BadgeClassRef, BadgeType, Change, Code, Correction, Credits,
    Criteria, Email, Evidence, Identity, IdentityType, Image, ImageFormat, IssuerId, IssuerProfile,
    KeyId, LanguageTag, OtherIdentifier, ParentOrganisation, Recipient, ResultDescription,
    ResultStatus, ResultType, RubricLevel, Slug, Source, Stage, StatusEntry, StatusPurpose,
    Validity, Visibility, WebUrl,
};
use crate::world::Random;

/// Runs `test` against a store of each backend.
pub(super) async fn each_store(test: impl AsyncFn(Store)) {
    let random = Random::seeded(9);
    test(Store::memory(&random)).await;
    let directory = tempfile::tempdir().unwrap();
    let options = Options { ballast_bytes: 0, ..Options::new(directory.path().join("store")) };
    test(Store::open_with(&options, &directory.path().join("blobs"), &random).unwrap()).await;
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn account(number: u64) -> AccountId {
    AccountId::random(&Random::seeded(100 + number))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// With every member that an issuer profile can have.
pub(super) fn issuer(slug: &str) -> IssuerProfile {
    IssuerProfile {
        id: IssuerId::random(&Random::system()),
        slug: Slug::parse(slug).unwrap(),
        name: "Riverside District".to_owned(),
        url: url("https://riverside.example"),
        email: Email::parse("badges@riverside.example").unwrap(),
        description: some("A school district."),
        telephone: some("+15555550100"),
        image: Some(Image {
            sha256: "ab".repeat(32),
            format: ImageFormat::Svg,
            alt: "Wave".into(),
        }),
        other_identifiers: vec![OtherIdentifier {
            identifier: "123".to_owned(),
            identifier_type: "ext:LinkedIn:organizationId".to_owned(),
        }],
        parent: Some(ParentOrganisation {
            id: url("https://state.example"),
            name: "State".to_owned(),
        }),
        created_at: at("2026-11-22T06:00:00.123456789Z"),
        updated_at: at("2026-11-22T07:00:00Z"),
        revision: 3,
    }
}

/// With every member that a badge class can have.
pub(super) fn badge_class(issuer: &IssuerId) -> BadgeClass {
    let alignment = Alignment {
        target_name: "Facilitates learning".to_owned(),
        target_url: url("https://framework.example/d2b"),
        target_description: some("More"),
        target_framework: some("TLMS"),
        target_code: some("TLMS.D2.b"),
        target_type: Some(AlignmentType::parse("ceasn:Competency").unwrap()),
    };
    BadgeClass {
        id: BadgeClassId::random(&Random::system()),
        version: 1,
        issuer: issuer.clone(),
        name: "Coaching".to_owned(),
        description: "Coaches peers.".to_owned(),
        criteria: Criteria { url: Some(url("https://c.example")), narrative: some("Do *it*.") },
        badge_type: Some(BadgeType::parse("MicroCredential").unwrap()),
        image: Some(Image { sha256: "cd".repeat(32), format: ImageFormat::Png, alt: "C".into() }),
        alignments: vec![alignment.clone()],
        result_descriptions: vec![ResultDescription {
            code: code("reflection"),
            name: "Reflection".to_owned(),
            result_type: ResultType::parse("RubricCriterionLevel").unwrap(),
            levels: vec![RubricLevel {
                code: code("L3"),
                name: "Leading".to_owned(),
                level: some("3"),
                description: some("Reflects with others"),
                points: some("4"),
                alignments: vec![alignment],
            }],
            required_level: Some(code("L3")),
            required_value: some("3"),
            allowed_values: vec!["1".to_owned(), "3".to_owned()],
            value_min: some("1"),
            value_max: some("3"),
            alignments: Vec::new(),
        }],
        tags: vec!["coaching".to_owned()],
        credits_available: Some(Credits::new(1.5).unwrap()),
        validity: Some(Validity::parse("P3Y").unwrap()),
        required_evidence: vec!["Observation notes".to_owned()],
        requires_results: true,
        suspendable: true,
        human_code: some("TM-R2"),
        stage: Stage::Published,
        in_force: None,
        author: None,
        field_of_study: some("Education"),
        specialization: some("Mentoring"),
        language: Some(LanguageTag::parse("en-US").unwrap()),
        version_label: some("2026"),
        other_identifiers: vec![OtherIdentifier {
            identifier: "x".to_owned(),
            identifier_type: "identifier".to_owned(),
        }],
        created_at: at("2026-11-22T06:10:00Z"),
        revision: 1,
    }
}

/// With every member that an assertion can have.
pub(super) fn assertion(class: &BadgeClass, email: &str, created_at: &str) -> Assertion {
    let random = Random::system();
    let entry = |purpose, index| StatusEntry { purpose, list: 1, index };
    Assertion {
        id: AssertionId::random(&random),
        uuid: random.uuid(),
        subject_uuid: random.uuid(),
        badge_class: BadgeClassRef { id: class.id.clone(), version: class.version },
        issuer: class.issuer.clone(),
        recipient: Recipient {
            identities: vec![
                Identity { kind: IdentityType::Email, value: email.to_owned() },
                Identity { kind: IdentityType::Other("ext:staff".to_owned()), value: "7".into() },
            ],
            name: some("Amara Okafor"),
            name_public: true,
            hashed: true,
            salt: "sel".to_owned(),
        },
        issued_on: at("2026-05-31T00:00:00Z"),
        valid_from: at("2026-06-01T00:00:00Z"),
        expires: Some(at("2029-05-31T23:59:59Z")),
        evidence: vec![Evidence {
            url: Some(url("https://e.example/1")),
            name: some("Notes"),
            description: some("d"),
            narrative: some("n"),
            genre: some("Observation notes"),
            audience: some("Assessors"),
            public: false,
            sha256: Some("ef".repeat(32)),
        }],
        results: vec![AchievedResult {
            description: code("reflection"),
            level: Some(code("L3")),
            value: some("3"),
            status: Some(ResultStatus::Completed),
        }],
        narrative: some("It all ties together."),
        role: some("Coach"),
        term: some("Spring"),
        activity_start: Some(at("2026-01-01T00:00:00Z")),
        activity_end: Some(at("2026-05-01T00:00:00Z")),
        credits_earned: Some(Credits::new(0.5).unwrap()),
        source: Some(Source { url: url("https://assessor.example"), name: some("Assessor") }),
        license_number: some("L-1"),
        external_id: None,
        visibility: Visibility::Public,
        state: AssertionState::Active,
        status: vec![entry(StatusPurpose::Revocation, 5), entry(StatusPurpose::Suspension, 6)],
        correction: Some(Correction {
            at: at("2026-06-01T00:00:00Z"),
            reason: some("misspelt"),
            public_reason: some("Name corrected"),
        }),
        renews: Some(AssertionId::random(&random)),
        renewed_by: None,
        erased_at: None,
        key: KeyId::random(&random),
        created_at: at(created_at),
        revision: 1,
    }
}

pub(super) fn change(at_time: &str) -> Change {
    Change { at: at(at_time), reason: "plagiarism".to_owned(), public_reason: some("withdrawn") }
}
