//! The operations of the door.

use actix_web::web;

use super::super::routes::{Access, Method, Route, Trait};
use super::super::scope::{self, Scope as _};
use super::{issue, status, verify};

const JSON: &[&str] = &["application/json"];

/// The operations of the door, which is only there with `--vc-api`.
pub(in crate::api) const ROUTES: &[Route] = &[
    Route {
        method: Method::Post,
        path: "/credentials/verify",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Door, Trait::Shows],
        answers: &[(200, JSON), (400, JSON)],
        to: || web::to(verify::credential),
    },
    Route {
        method: Method::Post,
        path: "/presentations/verify",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Door, Trait::Shows],
        answers: &[(200, JSON), (400, JSON)],
        to: || web::to(verify::presentation),
    },
    Route {
        method: Method::Post,
        path: "/credentials/issue",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Door],
        answers: &[(201, JSON), (400, JSON)],
        to: || web::to(issue::issue),
    },
    Route {
        method: Method::Post,
        path: "/credentials/derive",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Door],
        answers: &[(201, JSON), (400, JSON)],
        to: || web::to(issue::derive),
    },
    Route {
        method: Method::Post,
        path: "/credentials/status",
        access: Access::Scope(scope::StatusWrite::NAME),
        body: JSON,
        traits: &[Trait::Door, Trait::State, Trait::Writes, Trait::Suspends],
        answers: &[(200, JSON)],
        to: || web::to(status::change),
    },
];
