//! The operations on batches.

use actix_web::web;

use super::batches;
use super::routes::{Access, Method, Route, Trait};
use super::scope::{self, Scope as _};

const JSON: &[&str] = &["application/json"];
const BATCH: &[&str] =
    &["application/json", "application/x-ndjson", "text/csv", "multipart/form-data"];

/// The operations on batches.
pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::Post,
        path: "/v1/batches",
        access: Access::Scope(scope::AssertionsWrite::NAME),
        body: BATCH,
        traits: &[Trait::Query, Trait::Idempotent, Trait::Writes],
        answers: &[(200, JSON), (202, JSON)],
        to: || web::to(batches::create),
    },
    Route {
        method: Method::Get,
        path: "/v1/batches",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(batches::list),
    },
    Route {
        method: Method::Get,
        path: "/v1/batches/{id}",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Named],
        answers: &[(200, JSON), (304, &[])],
        to: || web::to(batches::get),
    },
    Route {
        method: Method::Get,
        path: "/v1/batches/{id}/rows",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(batches::rows),
    },
    Route {
        method: Method::Get,
        path: "/v1/batches/{id}/failures",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Named],
        answers: &[(200, &["text/csv", "application/x-ndjson"])],
        to: || web::to(batches::failures),
    },
    Route {
        method: Method::Get,
        path: "/v1/batches/{id}/events",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Named],
        answers: &[(200, &["text/event-stream"])],
        to: || web::to(batches::events),
    },
    Route {
        method: Method::Post,
        path: "/v1/batches/{id}/revoke",
        access: Access::Scope(scope::StatusWrite::NAME),
        body: JSON,
        traits: &[Trait::Named, Trait::Idempotent, Trait::State, Trait::Writes],
        answers: &[(202, JSON)],
        to: || web::to(batches::revoke),
    },
    Route {
        method: Method::Post,
        path: "/v1/batches/{id}/cancel",
        access: Access::Scope(scope::AssertionsWrite::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::State, Trait::Writes],
        answers: &[(200, JSON)],
        to: || web::to(batches::cancel),
    },
];
