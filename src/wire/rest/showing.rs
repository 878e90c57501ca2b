//! Reads what of an award shall be shown.

use super::assertion::visibility;
use super::body::Body;
use crate::domain::{Amend, Invalid, Problems, ShowingDraft};
use crate::json::Value;

/// Most items of evidence that an award has.
const ITEMS: usize = 50;

/// Reads a change of what is shown. What is left out stays.
///
/// # Errors
/// Every problem with its place.
pub fn showing_draft(body: &Value<'_>) -> Result<ShowingDraft, Problems> {
    let mut problems = Problems::new();
    let known = ["visibility", "recipient", "evidence"];
    let Some(body) = Body::open(body, "", &known, &mut problems) else { return Err(problems) };
    let visibility = body.parsed("visibility", &mut problems, visibility);
    let mut draft = ShowingDraft {
        visibility: visibility.map_or(Amend::Keep, Amend::Set),
        ..ShowingDraft::default()
    };
    if let Some(value) = body.get("recipient") {
        let part = Body::open(value, body.at("recipient"), &["namePublic"], &mut problems);
        if let Some(part) = part.filter(|part| part.get("namePublic").is_some()) {
            draft.name_public = Amend::Set(part.boolean("namePublic", false, &mut problems));
        }
    }
    for (place, item) in body.list("evidence", ITEMS, &mut problems) {
        let known = ["index", "public"];
        let Some(item) = Body::open(item, place, &known, &mut problems) else { continue };
        item.require("index", &mut problems);
        item.require("public", &mut problems);
        let index = item.number("index", &mut problems, index);
        let public = item.boolean("public", false, &mut problems);
        draft.evidence.extend(index.map(|index| (index, public)));
    }
    problems.or(draft)
}

fn index(number: f64) -> Result<usize, Invalid> {
    (0..ITEMS)
        .find(|index| u32::try_from(*index).is_ok_and(|index| f64::from(index) == number))
        .ok_or_else(|| Invalid::new("bad-index", "must be a whole number from 0 to 49"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Visibility;
    use crate::json;

    #[test]
    fn what_is_left_out_stays_and_every_problem_is_named() {
        let read = |text: &str| showing_draft(&json::parse(text).unwrap());
        assert_eq!(read("{}"), Ok(ShowingDraft::default()));
        let draft = read(
            r#"{"visibility": "private", "recipient": {"namePublic": false},
                "evidence": [{"index": 1, "public": true}]}"#,
        );
        assert_eq!(
            draft,
            Ok(ShowingDraft {
                visibility: Amend::Set(Visibility::Private),
                name_public: Amend::Set(false),
                evidence: vec![(1, true)],
            })
        );
        let problems = read(
            r#"{"visibility": "secret", "recipient": {"name": "X"}, "narrative": "",
                "evidence": [{"index": 0.5}, {"index": 50, "public": "no"}]}"#,
        );
        let found: Vec<String> =
            problems.unwrap_err().0.iter().map(|p| format!("{} {}", p.pointer, p.code)).collect();
        assert_eq!(
            found,
            [
                "/narrative unknown-member",
                "/visibility bad-visibility",
                "/recipient/name unknown-member",
                "/evidence/0/public required",
                "/evidence/0/index bad-index",
                "/evidence/1/index bad-index",
                "/evidence/1/public not-a-boolean",
            ]
        );
    }
}
