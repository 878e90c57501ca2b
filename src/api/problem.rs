//! One map from everything that can go wrong to `application/problem+json` (RFC 9457).

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::domain;
use crate::issuer::IssuerError;
use crate::json;
use crate::outbox::OutboxError;
use crate::store::StoreError;

/// Kinds of problem. A slug never changes its meaning; it is the last part of the problem's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The body is not what its content type says.
    MalformedBody,
    /// The body is readable, and something in it is wrong.
    InvalidBody,
    /// A member occurs twice.
    DuplicateMember,
    /// No token, or none that holds.
    Unauthorized,
    /// The token lacks the scope.
    ForbiddenScope,
    /// No such thing, or not for this caller.
    NotFound,
    /// The resource does not do that.
    MethodNotAllowed,
    /// None of the forms there are is acceptable to the client.
    NotAcceptable,
    /// The request did not arrive in time.
    Timeout,
    /// The present state forbids it.
    Conflict,
    /// The first request with that key is still being worked on.
    IdempotencyInFlight,
    /// That key was used with another body.
    IdempotencyMismatch,
    /// `If-Match` is missing.
    PreconditionRequired,
    /// `If-Match` names another state.
    PreconditionFailed,
    /// Too many bytes.
    TooLarge,
    /// A content type that is not read here.
    UnsupportedMediaType,
    /// Bytes that are no badge in any form.
    NotABadge,
    /// Too many requests of one client.
    RateLimited,
    /// Too many requests of all.
    Overloaded,
    /// The badge class was not made suspendable.
    NotSuspendable,
    /// The results do not earn the badge.
    AttemptNotEarned,
    /// No room on the disk.
    StorageFull,
    /// What was asked for is not offered.
    NotImplemented,
    /// A fault of the service.
    Internal,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which kind.
    pub kind: Kind,
    /// Last part of the `type` URL.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The `title`.
    pub title: &'static str,
    /// What it means and what helps, for the page behind the `type` URL.
    pub about: &'static str,
}

macro_rules! rows {
    ($($kind:ident $slug:literal $status:literal $title:literal $about:literal)*) => {
        /// Every kind with its slug, status, title and explanation.
        pub const ROWS: &[Row] = &[$(Row {
            kind: Kind::$kind, slug: $slug, status: $status, title: $title, about: $about,
        }),*];

        impl Kind {
            /// Its row.
            pub fn row(self) -> Row {
                match self {
                    $(Self::$kind => Row {
                        kind: self, slug: $slug, status: $status, title: $title, about: $about,
                    }),*
                }
            }
        }
    };
}

rows! {
    InvalidBody "invalid-body" 422 "The request is not valid"
        "The request could be read, but values in it are missing or wrong. The list errors names each place by JSON pointer, with a code and a sentence. Correct all of them and send it again."
    MalformedBody "invalid-body" 400 "The request cannot be read"
        "The body is not what its content type says: broken JSON, text that is not UTF-8, nesting too deep, or a multipart message without its parts. The detail names the place."
    DuplicateMember "duplicate-member" 400 "A member occurs twice"
        "An object in the body has two members of the same name. Readers disagree which one counts, so such a body is refused as a whole."
    Unauthorized "unauthorized" 401 "A valid token is needed"
        "Send a token as Authorization: Bearer acc_…. It may be missing, mistyped, expired or revoked; the answer is the same for all. Tokens are made with accolade tokens create."
    ForbiddenScope "forbidden-scope" 403 "The token lacks the scope"
        "The token is valid but was not given the scope that this operation needs; the detail names it. Make a token with that scope."
    NotFound "not-found" 404 "There is no such thing"
        "Nothing answers at this address, or it belongs to another account, or it is private: the answer is the same. Check the whole id, upper and lower case included."
    MethodNotAllowed "method-not-allowed" 405 "The resource does not do that"
        "The address exists, but not with this method. The Allow header lists those it has."
    NotAcceptable "not-acceptable" 406 "None of the forms is acceptable"
        "The Accept header excludes every form in which this is published. The detail lists the forms."
    Timeout "timeout" 408 "The request took too long to arrive"
        "The body did not arrive within the time limit. Send it again over a faster connection, or in smaller parts."
    Conflict "conflict" 409 "The present state forbids it"
        "What was asked for cannot be done in the present state, or somebody else changed it at the same moment. Read it again, then decide."
    IdempotencyInFlight "idempotency-in-flight" 409 "The first request is still being worked on"
        "Another request with the same Idempotency-Key has not ended yet. Wait a moment and repeat: the answer of the first will be given again."
    IdempotencyMismatch "idempotency-mismatch" 422 "The key was used for another request"
        "This Idempotency-Key was sent before with a different request. Use a new key for a new request, and the same body for a repeated one."
    PreconditionRequired "precondition-required" 428 "If-Match is needed"
        "A change needs the ETag that you read last in an If-Match header, so that nobody's change is lost. Read the object and send its ETag."
    PreconditionFailed "precondition-failed" 412 "It was changed meanwhile"
        "The ETag in If-Match is not that of the present state: somebody changed the object since you read it. Read it again and repeat your change."
    TooLarge "too-large" 413 "Too large"
        "The body is larger than this operation takes; the detail states the limit in bytes."
    UnsupportedMediaType "unsupported-media-type" 415 "This content type is not read here"
        "The Content-Type or Content-Encoding is not one that this operation reads; the detail lists those it does."
    NotABadge "not-a-badge" 422 "This is no badge"
        "What was sent is no JSON text, no compact signature, no PNG or SVG picture and no PDF that carries a badge, and no web address, so there is nothing to verify."
    RateLimited "rate-limited" 429 "Too many requests"
        "This client sent more requests than allowed in a minute. Retry-After says how many seconds to wait; the RateLimit headers show what is left."
    Overloaded "overloaded" 503 "Too much to do at the moment"
        "The service has as much work as it takes at once. Repeat after the seconds in Retry-After."
    NotSuspendable "not-suspendable" 409 "Awards of this badge class cannot be suspended"
        "Only awards minted while their badge class had suspendable set to true carry the status entry that suspension needs. Set it for future awards; this one can be revoked."
    AttemptNotEarned "attempt-not-earned" 422 "The results do not earn this badge"
        "The badge class requires levels that the results do not reach, so no badge is awarded for them."
    StorageFull "storage-full" 507 "No room left"
        "The service keeps a reserve of disk space and takes no changes while less is free. Reading goes on. Tell the operator."
    NotImplemented "not-implemented" 501 "This is not offered"
        "The request asks for something that the protocol knows and this service does not offer; the detail says what is offered instead."
    Internal "internal" 500 "A fault of the service"
        "Something failed inside the service. The log has the reason beside the request id given in instance; tell the operator that id."
}

/// One problem, as an answer.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// A sentence for a person; for [`Kind::Internal`] it goes to the log and not to the client.
    pub detail: String,
    /// Each thing that is wrong with the body.
    pub errors: Vec<domain::Problem>,
    /// Headers that go with it.
    pub headers: Vec<(HeaderName, String)>,
}

impl Problem {
    /// A problem with its sentence.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        match kind {
            Kind::Unauthorized => {
                headers.push((WWW_AUTHENTICATE, "Bearer realm=\"accolade\"".to_owned()));
            }
            Kind::Overloaded | Kind::IdempotencyInFlight => {
                headers.push((RETRY_AFTER, "1".to_owned()));
            }
            _ => {}
        }
        Self { kind, detail: detail.into(), errors: Vec::new(), headers }
    }

    /// No such thing.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing at this address.")
    }

    /// A fault of ours; `reason` is logged, never sent.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        Self::new(Kind::Internal, reason.to_string())
    }

    /// One wrong value.
    pub fn invalid(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let mut problems = domain::Problems::new();
        problems.add(pointer, code, detail);
        problems.into()
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The document that is sent.
    pub fn document(&self, public_url: &str, request_id: &str) -> serde_json::Value {
        let row = self.kind.row();
        let detail = match self.kind {
            Kind::Internal => "The reason stands in the log beside this request's id.",
            _ => &self.detail,
        };
        let mut document = json!({
            "type": format!("{public_url}/problems/{}", row.slug),
            "title": row.title,
            "status": row.status,
            "detail": detail,
            "instance": request_id,
        });
        if !self.errors.is_empty()
            && let Some(members) = document.as_object_mut()
        {
            let error = |error: &domain::Problem| {
                json!({
                    "pointer": error.pointer, "code": error.code, "detail": error.detail,
                })
            };
            members.insert("errors".to_owned(), self.errors.iter().map(error).collect());
        }
        document
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.row().slug, self.detail)
    }
}

impl std::error::Error for Problem {}

/// The edge ([`super::edge`]) renders problems, because it knows the request; what stands here is
/// what is left if it were missing.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<domain::Problems> for Problem {
    fn from(problems: domain::Problems) -> Self {
        let detail = match problems.0.as_slice() {
            [one] => one.to_string(),
            several => format!("{} values are missing or wrong.", several.len()),
        };
        Self { errors: problems.0, ..Self::new(Kind::InvalidBody, detail) }
    }
}

impl From<json::Error> for Problem {
    fn from(error: json::Error) -> Self {
        let kind = match error.kind {
            json::ErrorKind::DuplicateMember(_) => Kind::DuplicateMember,
            _ => Kind::MalformedBody,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => {
                Self::new(Kind::Conflict, "Somebody else changed it at the same moment.")
            }
            StoreError::Taken { what } => {
                Self::new(Kind::Conflict, format!("This {what} is in use already."))
            }
            StoreError::BadCursor => {
                Self::invalid("?cursor", "bad-cursor", "not a cursor of this list")
            }
            StoreError::Full { .. } => Self::new(
                Kind::StorageFull,
                "The service has too little room left on its disk to keep this.",
            ),
            other => Self::internal(other),
        }
    }
}

impl From<IssuerError> for Problem {
    fn from(error: IssuerError) -> Self {
        match error {
            IssuerError::NotFound(_) | IssuerError::Offer => Self::not_found(),
            IssuerError::Invalid(problems) => problems.into(),
            // Another process answered the same key at the same moment.
            IssuerError::Taken("idempotency key") => Self::new(
                Kind::IdempotencyInFlight,
                "Another request with this Idempotency-Key ended at the same moment.",
            ),
            IssuerError::Taken(_)
            | IssuerError::Revoked(_)
            | IssuerError::Suspended(_)
            | IssuerError::Erased(_)
            | IssuerError::Renewed { .. }
            | IssuerError::Published(_)
            | IssuerError::OtherHolder(_)
            | IssuerError::LastKey { .. }
            | IssuerError::Compromised(_)
            | IssuerError::StillSigns(_)
            | IssuerError::NoKey { .. }
            | IssuerError::BatchOver(_)
            | IssuerError::BatchRuns(_)
            | IssuerError::OneKey(_) => Self::new(Kind::Conflict, format!("{error}.")),
            IssuerError::BatchesWait(_) => {
                Self::new(Kind::RateLimited, format!("{error}.")).with_header(RETRY_AFTER, "60")
            }
            IssuerError::OwnWork(_) => Self::new(Kind::ForbiddenScope, format!("{error}.")),
            IssuerError::NotSuspendable(_) => Self::new(Kind::NotSuspendable, format!("{error}.")),
            IssuerError::NoForm(why) => Self::new(Kind::NotFound, why),
            IssuerError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<OutboxError> for Problem {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::NotFound(_) => Self::not_found(),
            OutboxError::Invalid(problems) => problems.into(),
            // Another process answered the same key at the same moment.
            OutboxError::Store(StoreError::Taken { what: "idempotency key" }) => {
                IssuerError::Taken("idempotency key").into()
            }
            OutboxError::Many(_) | OutboxError::Disabled(_) => {
                Self::new(Kind::Conflict, format!("{error}."))
            }
            OutboxError::Store(error) => error.into(),
            other @ OutboxError::Key(_) => Self::internal(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_explained_in_every_language() {
        for language in crate::language::Language::ALL {
            for row in ROWS {
                assert!(
                    language.is_known(row.title) && language.is_known(row.about),
                    "{}",
                    row.slug
                );
            }
        }
    }

    #[test]
    fn a_fault_of_ours_keeps_its_reason_to_itself() {
        let problem = Problem::internal("key file /secret/place");
        let sent = problem.document("https://a.example", "req1").to_string();
        assert!(!sent.contains("secret") && sent.contains("https://a.example/problems/internal"));
    }

    #[test]
    fn every_problem_of_a_body_is_told() {
        let mut problems = domain::Problems::new();
        problems.add("/name", "required", "must be given");
        problems.add("/criteria/url", "bad-url", "not a URL");
        let document = Problem::from(problems).document("https://a.example", "r");
        assert_eq!(document["status"], 422);
        assert_eq!(document["errors"][1]["pointer"], "/criteria/url");
    }

    #[test]
    fn duplicate_members_have_a_kind_of_their_own() {
        let problem = Problem::from(json::parse("{\"a\":1,\"a\":2}").unwrap_err());
        assert_eq!(problem.kind, Kind::DuplicateMember);
    }
}
