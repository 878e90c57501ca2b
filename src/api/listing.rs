//! Lists: `limit`, `cursor`, and the `Link` to the next page (RFC 8288).

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

use super::problem::Problem;
use crate::domain::Problems;
use crate::store::Page;

/// Entries of a page when nothing is said.
pub const DEFAULT_LIMIT: usize = 50;
/// Entries of a page at most.
pub const MOST: usize = 1000;

/// The query of a request: each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query and refuses names that the operation does not have, so that a misspelt
    /// filter is not a filter that silently lets all through.
    ///
    /// # Errors
    /// `invalid-body`, all problems at once; the pointer is `?name`.
    pub fn parse(request: &HttpRequest, known: &[&str]) -> Result<Self, Problem> {
        Ok(Self::of(request.query_string(), known)?)
    }

    /// The query of a page: what can be read of it, unknown names included; links get parameters
    /// of all kinds added on their way.
    pub fn lenient(request: &HttpRequest) -> Self {
        let pairs = request.query_string().split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name)?, decode(value)?))
        });
        Self(pairs.take(64).collect())
    }

    fn of(text: &str, known: &[&str]) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decode(name), decode(value)) else {
                problems.add("", "bad-query", "the query is not valid UTF-8");
                continue;
            };
            if !known.contains(&name.as_str()) {
                problems.add(
                    format!("?{name}"),
                    "unknown-parameter",
                    format!("not a parameter here; there are {}", known.join(", ")),
                );
            } else if pairs.iter().any(|(seen, _)| *seen == name) {
                problems.add(format!("?{name}"), "repeated-parameter", "given twice");
            } else {
                pairs.push((name, value));
            }
        }
        problems.or(Self(pairs))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `limit`, checked.
    ///
    /// # Errors
    /// `invalid-body` when it is no number from 1 to [`MOST`].
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else {
            return Ok(DEFAULT_LIMIT);
        };
        match text.parse() {
            Ok(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            _ => Err(Problem::invalid(
                "?limit",
                "bad-limit",
                format!("must be a number from 1 to {MOST}"),
            )),
        }
    }

    /// Which part of the list is wanted: `limit` and `cursor`. Whether the cursor is one of the
    /// list's own shows when it is read.
    ///
    /// # Errors
    /// As [`limit`](Self::limit).
    pub fn page(&self) -> Result<Page, Problem> {
        Ok(Page { after: self.get("cursor").map(str::to_owned), limit: self.limit()? })
    }

    /// The same query with another cursor, for the link to the next page.
    fn with_cursor(&self, cursor: &str) -> String {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let others = self.0.iter().filter(|(name, _)| name != "cursor");
        let mut pairs: Vec<String> = others
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        pairs.push(format!("cursor={}", utf8_percent_encode(cursor, NON_ALPHANUMERIC)));
        pairs.join("&")
    }
}

/// A page of a list as it is sent, with the value of its `Link` header where there is more.
pub fn page(
    list_url: &str,
    query: &Query,
    data: Vec<serde_json::Value>,
    cursor: Option<&str>,
) -> (serde_json::Value, Option<String>) {
    let link =
        cursor.map(|cursor| format!("<{list_url}?{}>; rel=\"next\"", query.with_cursor(cursor)));
    (serde_json::json!({ "data": data, "nextCursor": cursor }), link)
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["limit", "cursor", "state"];

    #[test]
    fn every_problem_of_a_query_is_told() {
        let problems = Query::of("stat=active&limit=5&limit=6&cursor=%ff", &KNOWN).unwrap_err();
        let codes: Vec<&str> = problems.0.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["unknown-parameter", "repeated-parameter", "bad-query"]);
    }

    #[test]
    fn limits_are_from_one_to_a_thousand() {
        let limit = |text: &str| Query::of(text, &KNOWN).unwrap().limit().ok();
        assert_eq!(limit(""), Some(50));
        assert_eq!(limit("limit=1000"), Some(1000));
        for wrong in ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit="] {
            assert_eq!(limit(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_cursor_comes_back_from_the_link() {
        let query = Query::of("limit=1&state=a%20b&cursor=b2xk", &KNOWN).unwrap();
        let (body, link) = page("https://a.example/v1/x", &query, vec![], Some("bc_9-"));
        let link = link.unwrap();
        let next = link.split_once('?').unwrap().1.split_once('>').unwrap().0;
        let again = Query::of(next, &KNOWN).unwrap();
        assert_eq!(again.page().unwrap(), Page { after: Some("bc_9-".to_owned()), limit: 1 });
        assert_eq!(again.get("state"), Some("a b"));
        assert_eq!(body["nextCursor"].as_str(), again.get("cursor"));
    }
}
