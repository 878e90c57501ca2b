//! Every operation on the account itself: its tokens, what happened in it, who did it, who is told.

use actix_web::web;

use super::routes::{Access, Method, Route, Trait};
use super::scope::{self, Scope as _};
use super::{audit, events, tokens, webhooks};

const JSON: &[&str] = &["application/json"];

/// Every operation on the account itself.
pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/events",
        access: Access::Scope(scope::AssertionsRead::NAME),
        body: &[],
        traits: &[Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(events::list),
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks",
        access: Access::Scope(scope::Admin::NAME),
        body: JSON,
        traits: &[Trait::Idempotent, Trait::State, Trait::Writes],
        answers: &[(201, JSON)],
        to: || web::to(webhooks::create),
    },
    Route {
        method: Method::Get,
        path: "/v1/webhooks",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(webhooks::list),
    },
    Route {
        method: Method::Get,
        path: "/v1/webhooks/{id}",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named],
        answers: &[(200, JSON), (304, &[])],
        to: || web::to(webhooks::get),
    },
    Route {
        method: Method::Delete,
        path: "/v1/webhooks/{id}",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::Writes],
        answers: &[(204, &[])],
        to: || web::to(webhooks::remove),
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{id}/enable",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::Writes],
        answers: &[(200, JSON)],
        to: || web::to(webhooks::enable),
    },
    Route {
        method: Method::Get,
        path: "/v1/webhooks/{id}/deliveries",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(webhooks::deliveries),
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{id}/deliveries/{delivery}/redeliver",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::State, Trait::Writes],
        answers: &[(202, JSON)],
        to: || web::to(webhooks::redeliver),
    },
    Route {
        method: Method::Get,
        path: "/v1/audit",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Query, Trait::Negotiates],
        answers: &[(200, &audit::OFFERS)],
        to: || web::to(audit::list),
    },
    Route {
        method: Method::Post,
        path: "/v1/tokens",
        access: Access::Scope(scope::Admin::NAME),
        body: JSON,
        traits: &[Trait::Idempotent, Trait::State, Trait::Writes],
        answers: &[(201, JSON)],
        to: || web::to(tokens::create),
    },
    Route {
        method: Method::Get,
        path: "/v1/tokens",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Query],
        answers: &[(200, JSON)],
        to: || web::to(tokens::list),
    },
    Route {
        method: Method::Get,
        path: "/v1/tokens/{id}",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named],
        answers: &[(200, JSON), (304, &[])],
        to: || web::to(tokens::get),
    },
    Route {
        method: Method::Post,
        path: "/v1/tokens/{id}/rotate",
        access: Access::Scope(scope::Admin::NAME),
        body: JSON,
        traits: &[Trait::Named, Trait::Idempotent, Trait::State, Trait::Writes],
        answers: &[(201, JSON)],
        to: || web::to(tokens::rotate),
    },
    Route {
        method: Method::Post,
        path: "/v1/tokens/{id}/revoke",
        access: Access::Scope(scope::Admin::NAME),
        body: &[],
        traits: &[Trait::Named, Trait::State, Trait::Writes],
        answers: &[(200, JSON)],
        to: || web::to(tokens::revoke),
    },
];
