//! Pages that the API itself answers with.

use super::problem::Problem;
use crate::app::App;

/// A problem for people.
pub(super) fn problem_page(problem: &Problem, _request_id: &str, app: &App) -> String {
    let _ = app;
    problem.kind.row().title.to_owned()
}
