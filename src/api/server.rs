//! The HTTP/1.1 server around the routes.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};

use super::kept_pages::KeptPages;
use super::limiter::Limiter;
use super::wallets::fresh::Fresh;
use super::{edge, health, routes};
use crate::app::App;

/// Serves `app` on a listener that is already bound; to be awaited, or stopped through its handle.
/// A stop lets requests in flight end first.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(app: web::Data<App>, listener: TcpListener) -> std::io::Result<Server> {
    let limits = app.config.limits.clone();
    let workers = match app.config.server.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        some => some,
    };
    let door = app.config.server.vc_api;
    let limiter = web::Data::new(Limiter::new(&limits));
    let pages = web::Data::new(KeptPages::default());
    let fresh = web::Data::new(Fresh::new(&app.world.random));
    let store = app.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.note_codes().await {
            tracing::warn!(%error, "older badges are not found by their codes");
        }
        if let Err(error) = store.note_aligned().await {
            tracing::warn!(%error, "older badge classes are not found by what they are aligned with");
        }
    });
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(limiter.clone())
            .app_data(pages.clone())
            .app_data(fresh.clone())
            .wrap(from_fn(edge::pass))
            .configure(|config| routes::configure(config, door))
    })
    .workers(workers)
    .max_connections(limits.connections.div_ceil(workers))
    .client_request_timeout(Duration::from_secs(limits.head_seconds))
    .client_disconnect_timeout(Duration::from_secs(5))
    .keep_alive(KeepAlive::Timeout(Duration::from_secs(30)))
    .shutdown_timeout(limits.stop_seconds)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

/// Serves health and metrics on the address that only operators reach; to be awaited, or stopped
/// through its handle.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_admin(app: web::Data<App>, listener: TcpListener) -> std::io::Result<Server> {
    let head = Duration::from_secs(app.config.limits.head_seconds);
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .route("/livez", web::get().to(health::livez))
            .route("/readyz", web::get().to(health::readyz))
            .route("/metrics", web::get().to(health::metrics))
    })
    .workers(1)
    .max_connections(64)
    .client_request_timeout(head)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
