//! The operations that wallets speak with, and the one that offers an award to them.

use actix_web::web;

use super::super::routes::{Access, Method, Route, Trait};
use super::super::scope::{self, Scope as _};
use super::{exchange, offers, oid4vci};

const JSON: &[&str] = &["application/json"];
const FORM: &[&str] = &["application/x-www-form-urlencoded", "multipart/form-data"];
const PAGE_OR_JSON: &[&str] = &["application/json", "text/html"];

/// Every operation of this module.
pub(in crate::api) const ROUTES: &[Route] = &[
    Route {
        method: Method::Post,
        path: "/v1/assertions/{id}/offers",
        access: Access::Scope(scope::AssertionsWrite::NAME),
        body: JSON,
        traits: &[Trait::Named, Trait::State, Trait::Writes],
        answers: &[(201, JSON)],
        to: || web::to(offers::create),
    },
    Route {
        method: Method::Get,
        path: "/i/{offer}",
        access: Access::Open,
        body: &[],
        traits: &[Trait::Named, Trait::State, Trait::Negotiates],
        answers: &[(200, PAGE_OR_JSON)],
        to: || web::to(offers::interaction),
    },
    Route {
        method: Method::Post,
        path: "/i/{offer}/exchange",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Named, Trait::State, Trait::Counted, Trait::Writes],
        answers: &[(200, JSON)],
        to: || web::to(exchange::step),
    },
    Route {
        method: Method::Get,
        path: "/i/{offer}/credential-offer",
        access: Access::Open,
        body: &[],
        traits: &[Trait::Named, Trait::State],
        answers: &[(200, JSON)],
        to: || web::to(oid4vci::offer),
    },
    Route {
        method: Method::Get,
        path: "/.well-known/openid-credential-issuer",
        access: Access::Open,
        body: &[],
        traits: &[],
        answers: &[(200, JSON)],
        to: || web::to(oid4vci::issuer_metadata),
    },
    Route {
        method: Method::Get,
        path: "/.well-known/oauth-authorization-server",
        access: Access::Open,
        body: &[],
        traits: &[],
        answers: &[(200, JSON)],
        to: || web::to(oid4vci::server_metadata),
    },
    Route {
        method: Method::Post,
        path: "/oid4vci/token",
        access: Access::Open,
        body: FORM,
        traits: &[Trait::Counted],
        answers: &[(200, JSON), (400, JSON)],
        to: || web::to(oid4vci::token),
    },
    Route {
        method: Method::Post,
        path: "/oid4vci/nonce",
        access: Access::Open,
        body: &[],
        traits: &[],
        answers: &[(200, JSON)],
        to: || web::to(oid4vci::nonce),
    },
    Route {
        method: Method::Post,
        path: "/oid4vci/credential",
        access: Access::Open,
        body: JSON,
        traits: &[Trait::Counted, Trait::Writes],
        answers: &[(200, JSON), (400, JSON), (401, JSON)],
        to: || web::to(oid4vci::credential),
    },
];
