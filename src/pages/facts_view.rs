//! What a badge says, made ready for the template.

use super::facts::{AlignmentFact, BadgeFacts, EvidenceFact, ResultFact};
use super::link::{Link, web_address};
use super::markdown;
use super::shell::Labelled;
use super::text::{Text, When, fill};

/// What `facts.html` needs.
pub(super) struct FactsView {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) description: Option<String>,
    pub(super) issued: Option<When>,
    pub(super) expires: Option<When>,
    pub(super) about: Vec<Labelled>,
    pub(super) tags: Vec<String>,
    pub(super) frameworks: Vec<Framework>,
    /// HTML, sanitised.
    pub(super) criteria: Option<String>,
    pub(super) criteria_link: Option<Link>,
    pub(super) required_evidence: Vec<String>,
    pub(super) results: Vec<ResultView>,
    /// HTML, sanitised.
    pub(super) narrative: Option<String>,
    pub(super) evidence: Vec<EvidenceView>,
    pub(super) assessor: Option<Link>,
    /// Whether it is an award; a badge class otherwise.
    pub(super) awarded: bool,
}

pub(super) struct Framework {
    pub(super) name: String,
    /// Its page here.
    pub(super) page: Option<String>,
    pub(super) items: Vec<Item>,
}

pub(super) struct Item {
    pub(super) code: Option<String>,
    pub(super) name: String,
    pub(super) href: Option<String>,
    /// Its page here.
    pub(super) page: Option<String>,
    pub(super) description: Option<String>,
}

pub(super) struct ResultView {
    pub(super) anchor: Option<String>,
    pub(super) name: String,
    pub(super) reached: Option<String>,
    pub(super) meaning: Option<String>,
    pub(super) required: Option<String>,
    /// One entry a level, lowest first: whether it is reached.
    pub(super) steps: Vec<bool>,
    pub(super) levels: Vec<LevelView>,
}

pub(super) struct LevelView {
    pub(super) anchor: Option<String>,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) points: Option<String>,
    pub(super) here: bool,
}

pub(super) struct EvidenceView {
    pub(super) name: String,
    pub(super) about: Vec<Labelled>,
    pub(super) description: Option<String>,
    /// HTML, sanitised.
    pub(super) narrative: Option<String>,
    pub(super) link: Option<Link>,
    pub(super) sha256: Option<String>,
}

/// The kind of result that states hours; it stands among the facts, not in the rubric.
const HOURS: &str = "ext:ContactHours";

impl FactsView {
    pub(super) fn new(t: &Text, facts: &BadgeFacts, awarded: bool) -> Self {
        let render = |text: &Option<String>| text.as_deref().map(markdown::render);
        let (hours, results): (Vec<_>, Vec<_>) =
            facts.results.iter().partition(|result| result.kind.as_deref() == Some(HOURS));
        let mut about = about(t, facts);
        let hours = hours.iter().filter_map(|result| result.value.as_deref());
        about.splice(0..0, hours.map(|value| Labelled::new(t.contact_hours, value)));
        Self {
            name: facts.name.clone().unwrap_or_else(|| t.unnamed_badge.to_owned()),
            kind: facts.kind.as_deref().map(spaced),
            description: facts.description.clone(),
            issued: facts.issued.map(|at| t.date(at)),
            expires: facts.expires.map(|at| t.date(at)),
            about,
            tags: facts.tags.clone(),
            frameworks: frameworks(t, &facts.alignments),
            criteria: render(&facts.criteria_markdown),
            criteria_link: facts.criteria_url.as_deref().map(Link::new),
            required_evidence: facts.required_evidence.clone(),
            results: results.into_iter().map(|result| ResultView::new(t, result)).collect(),
            narrative: render(&facts.narrative_markdown),
            evidence: facts.evidence.iter().map(|item| EvidenceView::new(t, item)).collect(),
            assessor: facts
                .assessor
                .as_ref()
                .map(|(address, name)| Link::named(address, name.as_deref())),
            awarded,
        }
    }

    pub(super) fn has_competency(&self) -> bool {
        self.description.is_some() || !self.about.is_empty() || !self.tags.is_empty()
    }
}

fn about(t: &Text, facts: &BadgeFacts) -> Vec<Labelled> {
    let activity = match (facts.activity_start, facts.activity_end) {
        (Some(start), Some(end)) => {
            Some(format!("{} {} {}", t.date(start).shown, t.activity_to, t.date(end).shown))
        }
        (start, end) => start.or(end).map(|at| t.date(at).shown),
    };
    [
        (t.credits, facts.credits.clone()),
        (t.role, facts.role.clone()),
        (t.term, facts.term.clone()),
        (t.activity, activity),
        (t.field, facts.field.clone()),
        (t.specialisation, facts.specialization.clone()),
        (t.licence, facts.license_number.clone()),
        (t.human_code, facts.human_code.clone()),
        (t.language, facts.language.clone()),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.map(|value| Labelled::new(label, value)))
    .collect()
}

/// Alignments by framework, in the order in which frameworks first occur.
fn frameworks(t: &Text, alignments: &[AlignmentFact]) -> Vec<Framework> {
    let mut frameworks: Vec<Framework> = Vec::new();
    for alignment in alignments {
        let name = alignment.framework.clone().unwrap_or_else(|| t.other_framework.to_owned());
        let title = alignment.name.clone().or_else(|| alignment.url.clone());
        let item = Item {
            code: alignment.code.clone(),
            name: title.unwrap_or_default(),
            href: alignment.url.as_deref().and_then(web_address),
            page: page_of(alignment, "competencies"),
            description: alignment.description.clone(),
        };
        match frameworks.iter_mut().find(|framework| framework.name == name) {
            Some(framework) => framework.items.push(item),
            None => {
                let page = page_of(alignment, "frameworks");
                frameworks.push(Framework { name, page, items: vec![item] });
            }
        }
    }
    frameworks
}

/// The page of what an alignment points to, in one of our collections.
fn page_of(alignment: &AlignmentFact, collection: &str) -> Option<String> {
    let mut targets = alignment.targets.iter();
    let target = targets.find(|target| target.collection() == collection)?;
    Some(format!("/{collection}/{}", target.as_digits()))
}

impl ResultView {
    fn new(t: &Text, result: &ResultFact) -> Self {
        let at = result.levels.iter().position(|level| level.reached);
        let reached = at.and_then(|at| result.levels.get(at));
        let value = result.value.as_ref().or(result.status.as_ref());
        let anchor = result.code.as_ref().map(|code| format!("rd-{code}"));
        Self {
            name: result.name.clone().unwrap_or_default(),
            reached: reached.and_then(|level| level.name.clone()).or_else(|| value.cloned()),
            meaning: reached.and_then(|level| level.description.clone()),
            required: result.required.clone(),
            steps: (0..result.levels.len()).map(|n| at.is_some_and(|at| n <= at)).collect(),
            levels: result
                .levels
                .iter()
                .map(|level| LevelView {
                    anchor: anchor
                        .as_ref()
                        .zip(level.code.as_ref())
                        .map(|(anchor, code)| format!("{anchor}-{code}")),
                    name: level.name.clone().unwrap_or_default(),
                    description: level.description.clone(),
                    points: level.points.as_deref().map(|points| fill(t.points, points)),
                    here: level.reached,
                })
                .collect(),
            anchor,
        }
    }
}

impl EvidenceView {
    fn new(t: &Text, item: &EvidenceFact) -> Self {
        let about = [(t.genre, &item.genre), (t.audience, &item.audience)];
        let name = item.name.clone().or_else(|| item.genre.clone());
        Self {
            name: name.unwrap_or_else(|| t.unnamed_evidence.to_owned()),
            about: about
                .into_iter()
                .filter_map(|(label, value)| value.clone().map(|value| Labelled::new(label, value)))
                .collect(),
            description: item.description.clone(),
            narrative: item.narrative_markdown.as_deref().map(markdown::render),
            link: item.url.as_deref().map(Link::new),
            sha256: item.sha256.clone(),
        }
    }
}

/// The kind of achievement in words.
fn spaced(kind: &str) -> String {
    crate::art::spaced(kind)
}
