//! The stored shapes of the domain types. Member names are for ever: a new name needs a new codec
//! version in [`super::record`].

use serde_json::Value;

use super::shape::{Shaped, members, nothing_left, object, shape, take, text_shape, write_text};
use crate::domain::{
    AccountId, AchievedResult, Alignment, AlignmentType, Assertion, AssertionId, AssertionState,
    BadgeClass, BadgeClassId, BadgeClassRef, BadgeType, BatchId, BatchState, Change, Code,
    Correction, Counts, Credits, Criteria, Email, EventId, Evidence, Identity, IdentityType, Image,
    ImageFormat, ImageId, IssuerId, IssuerProfile, KeyId, LanguageTag, MailId, OtherIdentifier,
    ParentOrganisation, PersonRef, Recipient, ResultDescription, ResultStatus, ResultType,
    RubricLevel, Slug, Source, Stage, StatusEntry, StatusPurpose, TokenId, Validity, Visibility,
    WebUrl, WebhookId,
};

macro_rules! parsed_text {
    ($($type:ty),+ $(,)?) => {
        text_shape! {
            $($type: |value| value.as_str().into(), |text| <$type>::parse(text).ok();)+
        }
    };
}

parsed_text!(
    AccountId,
    AlignmentType,
    AssertionId,
    BadgeClassId,
    BadgeType,
    BatchId,
    Code,
    Email,
    EventId,
    IdentityType,
    ImageId,
    IssuerId,
    KeyId,
    LanguageTag,
    MailId,
    PersonRef,
    ResultStatus,
    ResultType,
    Slug,
    TokenId,
    Validity,
    WebUrl,
    WebhookId,
);

text_shape! {
    ImageFormat: |format| format.extension().into(), |text| match text {
        "png" => Some(ImageFormat::Png),
        "svg" => Some(ImageFormat::Svg),
        _ => None,
    };
    StatusPurpose: |purpose| purpose.as_str().into(), |text| match text {
        "revocation" => Some(StatusPurpose::Revocation),
        "suspension" => Some(StatusPurpose::Suspension),
        _ => None,
    };
    BatchState: |state| state.as_str().into(), |text| {
        BatchState::ALL.into_iter().find(|state| state.as_str() == text)
    };
    Visibility: |visibility| match visibility {
        Visibility::Public => "public",
        Visibility::Unlisted => "unlisted",
        Visibility::Private => "private",
    }.into(), |text| match text {
        "public" => Some(Visibility::Public),
        "unlisted" => Some(Visibility::Unlisted),
        "private" => Some(Visibility::Private),
        _ => None,
    };
}

impl Shaped for Credits {
    fn write(&self, out: &mut String) {
        self.number().write(out);
    }

    fn unshape(value: Value) -> Result<Self, String> {
        Self::new(f64::unshape(value)?).map_err(|invalid| invalid.detail)
    }
}

impl Shaped for AssertionState {
    fn write(&self, out: &mut String) {
        let (word, change) = match self {
            Self::Active => ("active", None),
            Self::Suspended(change) => ("suspended", Some(change)),
            Self::Revoked(change) => ("revoked", Some(change)),
        };
        object(out, |members| {
            members.put_text("is", word);
            if let Some(change) = change {
                members.put("since", change);
            }
        });
    }

    fn unshape(value: Value) -> Result<Self, String> {
        let mut members = members(value)?;
        let word: String = take(&mut members, "is")?;
        let state = match word.as_str() {
            "active" => Self::Active,
            "suspended" => Self::Suspended(take(&mut members, "since")?),
            "revoked" => Self::Revoked(take(&mut members, "since")?),
            _ => return Err(format!("is: {word:?} is no state")),
        };
        nothing_left(&members)?;
        Ok(state)
    }
}

shape!(Counts {
    rows: "rows",
    issued: "issued",
    reissued: "reissued",
    revoked: "revoked",
    refused: "refused",
    duplicate: "duplicate",
});
shape!(Change { at: "at", reason: "reason", public_reason: "publicReason" });
shape!(Correction { at: "at", reason: "reason", public_reason: "publicReason" });
shape!(Image { sha256: "sha256", format: "format", alt: "alt" });
shape!(OtherIdentifier { identifier: "identifier", identifier_type: "type" });
shape!(ParentOrganisation { id: "id", name: "name" });
shape!(Criteria { url: "url", narrative: "narrative" });
shape!(BadgeClassRef { id: "id", version: "version" });
shape!(Source { url: "url", name: "name" });
shape!(StatusEntry { purpose: "purpose", list: "list", index: "index" });
shape!(Identity { kind: "type", value: "value" });

shape!(IssuerProfile {
    id: "id",
    slug: "slug",
    name: "name",
    url: "url",
    email: "email",
    description: "description",
    telephone: "telephone",
    image: "image",
    other_identifiers: "otherIdentifiers",
    parent: "parent",
    created_at: "createdAt",
    updated_at: "updatedAt",
    revision: "revision",
});

shape!(Alignment {
    target_name: "name",
    target_url: "url",
    target_description: "description",
    target_framework: "framework",
    target_code: "code",
    target_type: "type",
});

shape!(RubricLevel {
    code: "code",
    name: "name",
    level: "level",
    description: "description",
    points: "points",
    alignments: "alignments",
});

shape!(ResultDescription {
    code: "code",
    name: "name",
    result_type: "type",
    levels: "levels",
    required_level: "requiredLevel",
    required_value: "requiredValue",
    allowed_values: "allowedValues",
    value_min: "min",
    value_max: "max",
    alignments: "alignments",
});

shape!(BadgeClass {
    id: "id",
    version: "version",
    issuer: "issuer",
    name: "name",
    description: "description",
    criteria: "criteria",
    badge_type: "type",
    image: "image",
    alignments: "alignments",
    result_descriptions: "resultDescriptions",
    tags: "tags",
    credits_available: "creditsAvailable",
    validity: "validity",
    required_evidence: "requiredEvidence",
    requires_results: "requiresResults",
    suspendable: "suspendable",
    human_code: "humanCode",
    field_of_study: "fieldOfStudy",
    specialization: "specialization",
    language: "language",
    version_label: "versionLabel",
    other_identifiers: "otherIdentifiers",
    stage: "stage",
    in_force: "inForce",
    author: "author",
    created_at: "createdAt",
    revision: "revision",
});

/// Nothing is said of a published version: the records of before there were stages stay what they
/// are.
impl Shaped for Stage {
    fn write(&self, out: &mut String) {
        write_text(out, self.as_str());
    }

    fn is_nothing(&self) -> bool {
        *self == Self::Published
    }

    fn unshape(value: Value) -> Result<Self, String> {
        let text = Option::<String>::unshape(value)?;
        text.map_or(Ok(Self::Published), |text| {
            Self::parse(&text).map_err(|_| format!("{text:?} is not a stage"))
        })
    }
}

shape!(Recipient {
    identities: "identities",
    name: "name",
    name_public: "namePublic",
    hashed: "hashed",
    salt: "salt",
});

shape!(Evidence {
    url: "url",
    name: "name",
    description: "description",
    narrative: "narrative",
    genre: "genre",
    audience: "audience",
    public: "public",
    sha256: "sha256",
});

shape!(AchievedResult { description: "for", level: "level", value: "value", status: "status" });

shape!(Assertion {
    id: "id",
    uuid: "uuid",
    subject_uuid: "subject",
    badge_class: "badgeClass",
    issuer: "issuer",
    recipient: "recipient",
    issued_on: "issuedOn",
    valid_from: "validFrom",
    expires: "expires",
    evidence: "evidence",
    results: "results",
    narrative: "narrative",
    role: "role",
    term: "term",
    activity_start: "activityStart",
    activity_end: "activityEnd",
    credits_earned: "creditsEarned",
    source: "source",
    license_number: "licenseNumber",
    external_id: "externalId",
    visibility: "visibility",
    state: "state",
    status: "status",
    correction: "correction",
    renews: "renews",
    renewed_by: "renewedBy",
    erased_at: "erasedAt",
    key: "key",
    created_at: "createdAt",
    revision: "revision",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples;

    fn reads_back<T: Shaped + PartialEq + std::fmt::Debug>(value: &T) -> String {
        let text = value.text();
        assert_eq!(T::unshape(serde_json::from_str(&text).unwrap()).as_ref(), Ok(value));
        text
    }

    #[test]
    fn whole_values_read_back_as_they_were() {
        let issuer = samples::issuer("riverside");
        let class = samples::badge_class(&issuer.id);
        let mut assertion = samples::assertion(&class, "a@b.example", "2026-11-22T06:00:00Z");
        let text = reads_back(&issuer);
        assert!(text.contains(r#""createdAt":"2026-11-22T06:00:00.123456789Z""#), "{text}");
        reads_back(&class);
        reads_back(&assertion);
        for state in [
            AssertionState::Suspended(samples::change("2026-12-01T00:00:00Z")),
            AssertionState::Revoked(samples::change("2026-12-01T00:00:00Z")),
        ] {
            assertion.state = state;
            assertion.visibility = Visibility::Private;
            assertion.renewed_by = Some(assertion.id.clone());
            reads_back(&assertion);
        }
    }

    #[test]
    fn records_written_by_the_first_version_are_read_for_ever() {
        let stored = r#"{"id":"iss_0123456789abcdefghijAB","slug":"riverside","name":"Riverside",
            "url":"https://riverside.example","email":"b@riverside.example",
            "createdAt":"2026-11-22T06:00:00Z","updatedAt":"2026-11-22T06:00:00Z","revision":1}"#;
        let issuer = IssuerProfile::unshape(serde_json::from_str(stored).unwrap()).unwrap();
        assert_eq!((issuer.slug.as_str(), issuer.revision), ("riverside", 1));
        let wrong = stored.replace("https://riverside", "javascript:riverside");
        let refused = IssuerProfile::unshape(serde_json::from_str(&wrong).unwrap()).unwrap_err();
        assert!(refused.starts_with("url: \"javascript:"), "{refused}");
    }
}
