//! What an operation is. The table of them ([`all`]) drives the service, and `openapi.yaml` is held
//! to it by a test.

use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, guard};

use super::problem::{Kind, Problem};
use super::{account_table, batch_table, edge, limiter, public_table, table, vc_api, wallets};

/// The methods that routes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; answers HEAD too.
    Get,
    /// Makes or does.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
    /// Changes a part.
    Patch,
}

impl Method {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Patch => "PATCH",
        }
    }
}

/// One operation: what a client may send and what comes back when it goes well. What comes back
/// when it does not follows from it, see [`Route::problems`].
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The media types of the body it reads; empty without one.
    pub body: &'static [&'static str],
    /// What else it does with requests.
    pub traits: &'static [Trait],
    /// The statuses of success with their media types (none without a body).
    pub answers: &'static [(u16, &'static [&'static str])],
    /// Its handler.
    pub to: fn() -> actix_web::Route,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, scripts of any origin included.
    Open,
    /// A token with this scope; an empty one means any token.
    Scope(&'static str),
}

/// What else an operation does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Keeps its answer by `Idempotency-Key`.
    Idempotent,
    /// Needs `If-Match`.
    Conditional,
    /// Reads a query or values that can be wrong.
    Query,
    /// Names something that may not be there.
    Named,
    /// Can be impossible in the present state.
    State,
    /// Can be refused because a badge class is not suspendable.
    Suspends,
    /// Chooses a form by `Accept`.
    Negotiates,
    /// Verifies what strangers send, as many at once as the service takes.
    Verifies,
    /// Writes to the store.
    Writes,
    /// Is only there where the VC-API door was opened.
    Door,
    /// Is limited by client.
    Limited,
    /// Offers one of several formats only.
    OneFormat,
    /// Is limited by client, and in how much of it goes on at once.
    Counted,
    /// Shows a page with the result of a verification, or with what is wrong with the input.
    Shows,
}

impl Route {
    /// Every kind of problem that it can answer with.
    pub fn problems(&self) -> Vec<Kind> {
        let mut kinds = vec![Kind::Internal];
        if let Access::Scope(scope) = self.access {
            kinds.extend([Kind::Unauthorized, Kind::RateLimited]);
            if !scope.is_empty() {
                kinds.push(Kind::ForbiddenScope);
            }
        }
        if !self.body.is_empty() {
            kinds.extend([
                Kind::MalformedBody,
                Kind::InvalidBody,
                Kind::DuplicateMember,
                Kind::TooLarge,
                Kind::Timeout,
                Kind::UnsupportedMediaType,
            ]);
        }
        for given in self.traits {
            kinds.extend_from_slice(match given {
                Trait::Idempotent => &[Kind::IdempotencyInFlight, Kind::IdempotencyMismatch],
                Trait::Conditional => &[Kind::PreconditionRequired, Kind::PreconditionFailed],
                Trait::Query => &[Kind::InvalidBody],
                Trait::Named => &[Kind::NotFound],
                Trait::State => &[Kind::Conflict],
                Trait::Suspends => &[Kind::NotSuspendable],
                Trait::Negotiates => &[Kind::NotAcceptable],
                Trait::Verifies => &[Kind::NotABadge, Kind::RateLimited, Kind::Overloaded],
                Trait::Writes => &[Kind::StorageFull, Kind::Overloaded],
                Trait::Door => &[Kind::NotFound],
                Trait::Limited => &[Kind::RateLimited],
                Trait::OneFormat => &[Kind::NotImplemented],
                Trait::Counted => &[Kind::RateLimited, Kind::Overloaded],
                Trait::Shows => &[Kind::RateLimited, Kind::Overloaded],
            });
        }
        kinds
    }
}

/// Every operation of the service, those of the VC-API door last. Of two paths that fit, the first
/// one counts.
pub fn all() -> impl Iterator<Item = &'static Route> {
    let platforms = table::ROUTES.iter().chain(batch_table::ROUTES).chain(account_table::ROUTES);
    platforms.chain(wallets::ROUTES).chain(public_table::ROUTES).chain(vc_api::ROUTES)
}

/// Registers every route, the answer for wrong methods, and the answer for everything else. The
/// VC-API door is opened only if asked for.
pub fn configure(config: &mut ServiceConfig, door: bool) {
    let mut done: Vec<&str> = Vec::new();
    for route in all() {
        if done.contains(&route.path) || (!door && route.traits.contains(&Trait::Door)) {
            continue;
        }
        done.push(route.path);
        let mut resource = web::resource(route.path);
        for same in all().filter(|other| other.path == route.path) {
            // The server leaves the body of an answer to HEAD away by itself.
            let route = match same.method {
                Method::Get => (same.to)().guard(guard::Any(guard::Get()).or(guard::Head())),
                Method::Post => (same.to)().guard(guard::Post()),
                Method::Put => (same.to)().guard(guard::Put()),
                Method::Delete => (same.to)().guard(guard::Delete()),
                Method::Patch => (same.to)().guard(guard::Patch()),
            };
            let mut route = route.wrap(from_fn(edge::contain));
            if same.method != Method::Get && same.traits.contains(&Trait::Writes) {
                route = route.wrap(from_fn(limiter::room));
            }
            resource = resource.route(route);
        }
        config.service(resource.default_service(web::to(wrong_method)));
    }
    config.default_service(web::to(nothing_here));
}

/// Whether only programs ask at this path: its problems are never pages.
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with("/v1/")
        || path.starts_with("/oid4vci/")
        || path.ends_with("/exchange")
        || path.ends_with("/credential-offer")
        || vc_api::ROUTES.iter().any(|route| route.path == path)
}

/// Whether the address itself is the key: nobody else may learn it, or read what stands there.
pub fn is_secret(path: &str) -> bool {
    path.starts_with("/me/")
}

/// Whether the path stands open to scripts of any origin.
pub fn is_open(path: &str) -> bool {
    !is_secret(path) && all().any(|route| route.path == path && route.access == Access::Open)
}

/// The methods of a path, for `Allow`.
pub fn methods(path: &str) -> String {
    let mut methods: Vec<&str> = Vec::new();
    for route in all().filter(|route| route.path == path) {
        methods.push(route.method.as_str());
        if route.method == Method::Get {
            methods.push("HEAD");
        }
    }
    if is_open(path) {
        methods.push("OPTIONS");
    }
    methods.join(", ")
}

async fn nothing_here() -> Result<actix_web::HttpResponse, Problem> {
    Err(Problem::not_found())
}

async fn wrong_method(request: HttpRequest) -> Result<actix_web::HttpResponse, Problem> {
    let allowed = methods(&request.match_pattern().unwrap_or_default());
    let detail = format!("{} is not possible here; there are {allowed}.", request.method());
    Err(Problem::new(Kind::MethodNotAllowed, detail).with_header(ALLOW, allowed))
}
