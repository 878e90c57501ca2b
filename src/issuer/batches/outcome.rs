//! What became of a row, and how it is told.

use serde_json::{Map, Value, json};

use crate::domain::{AssertionId, Problem, Problems};
use crate::issuer::IssuerError;
use crate::store::{KeptProblem, RowOutcome};
use crate::wire::rows::{Place, Row, RowProblem};

/// Problems that are kept of a row.
const PROBLEMS_AT_MOST: usize = 50;
/// Characters that are kept of a sentence.
const SENTENCE: usize = 500;
/// Characters that are kept of a place.
const PLACE: usize = 200;

/// Why a row is not carried out.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// What stands behind `refused:`.
    pub(super) why: &'static str,
    pub(super) problems: Vec<RowProblem>,
    /// Whether the row has had its turn, so that the same row is a duplicate from now on.
    pub(super) counts: bool,
}

/// A refusal for what the row says.
pub(super) fn refused(why: &'static str, problems: Vec<RowProblem>) -> Refusal {
    Refusal { why, problems, counts: true }
}

/// A refusal for what a mint body says, named by its first problem.
pub(super) fn refused_for(row: &Row, problems: Problems) -> Refusal {
    let why = problems.0.first().map_or("invalid", word);
    let told = problems
        .0
        .into_iter()
        .map(|problem| row.problem(&problem.pointer, problem.code, problem.detail));
    refused(why, told.collect())
}

fn word(problem: &Problem) -> &'static str {
    match problem.code {
        "bad-email" => "email",
        "bad-time" => "dates",
        "out-of-order" if !problem.pointer.starts_with("/issuedOn/") => "dates",
        "unknown-badge-class" => "unknown-achievement",
        "unknown-result-description" | "unknown-level" => "rubric-level",
        "duplicate" if problem.pointer.starts_with("/results") => "rubric-level",
        "missing-result" => "rubric-incomplete",
        "missing-evidence" => "evidence-genre",
        _ => "invalid",
    }
}

/// What became of a row whose award the issuer refused; `None` where trying again may help.
pub(super) fn refused_by_issuer(row: &Row, error: IssuerError) -> Result<Refusal, IssuerError> {
    let own = |why, detail: String| Refusal {
        why,
        problems: vec![row.problem("", why, detail)],
        counts: false,
    };
    match error {
        IssuerError::Invalid(problems) => Ok(refused_for(row, problems)),
        IssuerError::NotFound(what) => Ok(refused(
            "reference",
            vec![row.problem("/refRow", "not-found", format!("there is no such {what}"))],
        )),
        IssuerError::Revoked(_) | IssuerError::Suspended(_) | IssuerError::Renewed { .. } => Ok(
            refused("reference", vec![row.problem("/refRow", "not-possible", error.to_string())]),
        ),
        IssuerError::Taken(what) => {
            Ok(own("conflict", format!("this {what} was taken at the same moment")))
        }
        IssuerError::NoKey { .. } | IssuerError::SignsNoMore(_) => {
            Ok(own("no-key", error.to_string()))
        }
        error @ (IssuerError::Store(_) | IssuerError::Worker) => Err(error),
        other => {
            tracing::error!(reason = %other, "a row of a batch was not signed");
            Ok(own("not-signed", "the award could not be signed; the log says why".to_owned()))
        }
    }
}

/// An outcome without problems.
pub(super) fn outcome(word: impl Into<String>, assertion: Option<AssertionId>) -> RowOutcome {
    RowOutcome {
        outcome: word.into(),
        assertion,
        external_id: None,
        first: None,
        problems: Vec::new(),
    }
}

/// The outcome of a refusal.
pub(super) fn outcome_of(refusal: &Refusal) -> RowOutcome {
    let problems = refusal.problems.iter().take(PROBLEMS_AT_MOST).map(kept).collect();
    RowOutcome { problems, ..outcome(format!("refused:{}", refusal.why), None) }
}

pub(super) fn kept(problem: &RowProblem) -> KeptProblem {
    let (column, pointer) = match &problem.place {
        Place::Column(header) => (Some(cut(header, PLACE)), None),
        Place::Pointer(pointer) => (None, Some(cut(pointer, PLACE))),
    };
    KeptProblem {
        column,
        pointer,
        code: problem.code.clone(),
        detail: cut(&problem.detail, SENTENCE),
        suggestion: problem.suggestion.as_ref().map(|text| cut(text, SENTENCE)),
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A row as the API answers it.
pub fn row_answer(row: u32, outcome: &RowOutcome) -> Value {
    let mut members = Map::new();
    members.insert("row".to_owned(), json!(row));
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    put("externalId", outcome.external_id.as_ref().map(|id| json!(id)));
    put("outcome", Some(json!(outcome.outcome)));
    put("assertion", outcome.assertion.as_ref().map(|id| json!(id.as_str())));
    let first = |(batch, row): &(crate::domain::BatchId, u32)| json!({ "batch": batch.as_str(), "row": row });
    put("duplicateOf", outcome.first.as_ref().map(first));
    put("problems", Some(outcome.problems.iter().map(problem_answer).collect()));
    Value::Object(members)
}

fn problem_answer(problem: &KeptProblem) -> Value {
    let mut members = Map::new();
    let texts = [
        ("column", problem.column.as_ref()),
        ("pointer", problem.pointer.as_ref()),
        ("code", Some(&problem.code)),
        ("detail", Some(&problem.detail)),
        ("suggestion", problem.suggestion.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            members.insert(name.to_owned(), json!(text));
        }
    }
    Value::Object(members)
}
