//! What a badge says, gathered from an award of ours, from a badge class, or from a report.

use jiff::Timestamp;

use crate::domain::{Alignment, AlignmentTarget, Assertion, BadgeClass, ResultDescription};
use crate::verifier::{Badge, BadgeAlignment};

/// What a badge says. All text is its issuer's; members that end in `markdown` are Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BadgeFacts {
    /// Name of the badge.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Kind of achievement, as Open Badges names it.
    pub kind: Option<String>,
    /// When it was awarded; none for a badge class.
    pub issued: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// How it is earned.
    pub criteria_markdown: Option<String>,
    /// A page that says how it is earned.
    pub criteria_url: Option<String>,
    /// What it is aligned with.
    pub alignments: Vec<AlignmentFact>,
    /// Genres of evidence that must be handed in (badge class only).
    pub required_evidence: Vec<String>,
    /// Results, or for a badge class the rubric.
    pub results: Vec<ResultFact>,
    /// What ties the evidence together.
    pub narrative_markdown: Option<String>,
    /// Evidence, public items only.
    pub evidence: Vec<EvidenceFact>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Credits, as text.
    pub credits: Option<String>,
    /// Role in which it was earned.
    pub role: Option<String>,
    /// Term or cohort.
    pub term: Option<String>,
    /// When the work began.
    pub activity_start: Option<Timestamp>,
    /// When the work ended.
    pub activity_end: Option<Timestamp>,
    /// Licence number.
    pub license_number: Option<String>,
    /// The issuer's code for the badge.
    pub human_code: Option<String>,
    /// Subject.
    pub field: Option<String>,
    /// Narrower subject.
    pub specialization: Option<String>,
    /// Language tag of the badge.
    pub language: Option<String>,
    /// Who assessed: address and name.
    pub assessor: Option<(String, Option<String>)>,
}

/// One alignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlignmentFact {
    /// The framework.
    pub framework: Option<String>,
    /// The code in it.
    pub code: Option<String>,
    /// The statement or its title.
    pub name: Option<String>,
    /// Where it stands.
    pub url: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// What has pages here: the entry and its framework, as far as it names one. Nothing for badges
    /// of others.
    pub targets: Vec<AlignmentTarget>,
}

/// One item of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceFact {
    /// Where it is.
    pub url: Option<String>,
    /// Its title.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// What it shows.
    pub narrative_markdown: Option<String>,
    /// Its kind.
    pub genre: Option<String>,
    /// Who it is meant for.
    pub audience: Option<String>,
    /// SHA-256 of the assessed document, hex.
    pub sha256: Option<String>,
}

/// A criterion with the result reached on it, if one was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultFact {
    /// What is assessed.
    pub name: Option<String>,
    /// Kind of scale, as Open Badges names it.
    pub kind: Option<String>,
    /// The code of the description, for the page's fragment (badge class only).
    pub code: Option<String>,
    /// The value reached.
    pub value: Option<String>,
    /// How far the work has come.
    pub status: Option<String>,
    /// Name of the level, or the value, that must be reached.
    pub required: Option<String>,
    /// The levels, lowest first.
    pub levels: Vec<LevelFact>,
}

/// One level of a criterion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelFact {
    /// Its title.
    pub name: Option<String>,
    /// The code, for the page's fragment (badge class only).
    pub code: Option<String>,
    /// What reaching it means.
    pub description: Option<String>,
    /// What it counts.
    pub points: Option<String>,
    /// Whether it is the one reached.
    pub reached: bool,
}

impl BadgeFacts {
    /// What a badge class says: the public rubric, before any work starts.
    pub fn of_class(class: &BadgeClass) -> Self {
        let text =
            |text: &Option<crate::domain::LanguageTag>| text.as_ref().map(ToString::to_string);
        Self {
            name: Some(class.name.clone()),
            description: Some(class.description.clone()),
            kind: class.badge_type.as_ref().map(|kind| kind.as_str().to_owned()),
            criteria_markdown: class.criteria.narrative.clone(),
            criteria_url: class.criteria.url.as_ref().map(|url| url.as_str().to_owned()),
            alignments: class.alignments.iter().map(AlignmentFact::from).collect(),
            required_evidence: class.required_evidence.clone(),
            results: class.result_descriptions.iter().map(ResultFact::from).collect(),
            tags: class.tags.clone(),
            credits: class.credits_available.map(|credits| credits.number().to_string()),
            human_code: class.human_code.clone(),
            field: class.field_of_study.clone(),
            specialization: class.specialization.clone(),
            language: text(&class.language),
            ..Self::default()
        }
    }

    /// What an award of a badge class says to the public: evidence that is not public is left out.
    pub fn of_award(class: &BadgeClass, award: &Assertion) -> Self {
        let mut facts = Self::of_class(class);
        facts.results = award
            .results
            .iter()
            .filter_map(|result| {
                let description = class.result_description(&result.description)?;
                let mut fact = ResultFact::from(description);
                fact.code = None;
                fact.value.clone_from(&result.value);
                fact.status = result.status.map(|status| status.as_str().to_owned());
                for (level, known) in fact.levels.iter_mut().zip(&description.levels) {
                    level.code = None;
                    level.reached = result.level.as_ref() == Some(&known.code);
                }
                Some(fact)
            })
            .collect();
        facts.evidence = award
            .evidence
            .iter()
            .filter(|item| item.public)
            .map(|item| EvidenceFact {
                url: item.url.as_ref().map(|url| url.as_str().to_owned()),
                name: item.name.clone(),
                description: item.description.clone(),
                narrative_markdown: item.narrative.clone(),
                genre: item.genre.clone(),
                audience: item.audience.clone(),
                sha256: item.sha256.clone(),
            })
            .collect();
        if let Some(credits) = award.credits_earned {
            facts.credits = Some(credits.number().to_string());
        }
        facts.required_evidence.clear();
        Self {
            issued: Some(award.issued_on),
            expires: award.expires,
            narrative_markdown: award.narrative.clone(),
            role: award.role.clone(),
            term: award.term.clone(),
            activity_start: award.activity_start,
            activity_end: award.activity_end,
            license_number: award.license_number.clone(),
            assessor: award
                .source
                .as_ref()
                .map(|source| (source.url.as_str().to_owned(), source.name.clone())),
            ..facts
        }
    }

    /// What a verified badge says, anybody's.
    pub fn of_report(badge: &Badge) -> Self {
        let criteria = badge.criteria.clone().unwrap_or_default();
        Self {
            name: badge.name.clone(),
            description: badge.description.clone(),
            kind: badge.achievement_type.clone(),
            issued: badge.issued_on,
            expires: badge.expires,
            criteria_markdown: criteria.narrative,
            criteria_url: criteria.id,
            alignments: badge.alignment.iter().map(AlignmentFact::from).collect(),
            results: badge.results.iter().map(ResultFact::from).collect(),
            narrative_markdown: badge.narrative.clone(),
            evidence: badge
                .evidence
                .iter()
                .map(|item| EvidenceFact {
                    url: item.id.clone(),
                    name: item.name.clone(),
                    description: item.description.clone(),
                    narrative_markdown: item.narrative.clone(),
                    genre: item.genre.clone(),
                    audience: item.audience.clone(),
                    sha256: None,
                })
                .collect(),
            tags: badge.tags.clone(),
            credits: badge.credits.map(|credits| credits.to_string()),
            ..Self::default()
        }
    }
}

impl From<&Alignment> for AlignmentFact {
    fn from(alignment: &Alignment) -> Self {
        Self {
            framework: alignment.target_framework.clone(),
            code: alignment.target_code.clone(),
            name: Some(alignment.target_name.clone()),
            url: Some(alignment.target_url.as_str().to_owned()),
            description: alignment.target_description.clone(),
            targets: alignment.targets().collect(),
        }
    }
}

impl From<&BadgeAlignment> for AlignmentFact {
    fn from(alignment: &BadgeAlignment) -> Self {
        Self {
            framework: alignment.target_framework.clone(),
            code: alignment.target_code.clone(),
            name: alignment.target_name.clone(),
            url: alignment.target_url.clone(),
            description: alignment.target_description.clone(),
            targets: Vec::new(),
        }
    }
}

impl From<&ResultDescription> for ResultFact {
    fn from(description: &ResultDescription) -> Self {
        let required = description.required_level.as_ref().and_then(|code| description.level(code));
        Self {
            name: Some(description.name.clone()),
            kind: Some(description.result_type.as_str().to_owned()),
            code: Some(description.code.to_string()),
            required: required
                .map(|level| level.name.clone())
                .or_else(|| description.required_value.clone()),
            levels: description
                .levels
                .iter()
                .map(|level| LevelFact {
                    name: Some(level.name.clone()),
                    code: Some(level.code.to_string()),
                    description: level.description.clone(),
                    points: level.points.clone(),
                    reached: false,
                })
                .collect(),
            ..Self::default()
        }
    }
}

impl From<&crate::verifier::BadgeResult> for ResultFact {
    fn from(result: &crate::verifier::BadgeResult) -> Self {
        Self {
            name: result.name.clone(),
            kind: result.result_type.clone(),
            value: result.value.clone(),
            status: result.status.clone(),
            levels: result
                .levels
                .iter()
                .map(|level| LevelFact {
                    name: level.name.clone().or_else(|| level.level.clone()),
                    code: None,
                    description: level.description.clone(),
                    points: level.points.clone(),
                    reached: level.achieved,
                })
                .collect(),
            ..Self::default()
        }
    }
}
