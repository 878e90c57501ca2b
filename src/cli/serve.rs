//! `accolade serve`: the service, until it is told to stop.

use std::net::TcpListener;
use std::process::ExitCode;

use actix_web::web::Data;
use clap::Args;

use super::address::{self, Address};
use super::{CliError, admin, print, say, start};
use crate::api::server;
use crate::app::{App, World};
use crate::config::Flags;

/// Serves the API, the public documents and the pages.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  accolade serve\n  \
    accolade serve --listen 0.0.0.0:8080 --public-url https://badges.example.org --data /srv/accolade")]
pub(super) struct Serve {
    #[command(flatten)]
    address: Address,
    /// Open the VC-API door (/credentials/…, /presentations/verify), for conformance suites: anybody
    /// may have anything signed there, by keys of the door's own
    #[arg(long)]
    vc_api: bool,
    /// When ready, print one JSON object and nothing else to standard output
    #[arg(long)]
    json: bool,
}

impl Serve {
    pub(super) fn run(self, flags: Flags) -> Result<ExitCode, CliError> {
        let flags = Flags { vc_api: self.vc_api, ..self.address.flags(flags) };
        let config = start(&flags)?;
        let (listener, base) = address::listen(&config)?;
        let identity = self.address.identity(&config, &base);
        let app = App::open(config, World::system(), &identity)?;
        let door = door_issuers(&app)?;
        serve(app, listener, |app| {
            let public = app.urls.public_url();
            if self.json {
                let mut ready = serde_json::json!({ "baseUrl": base, "publicUrl": public });
                if let (Some(issuers), Some(members)) = (door, ready.as_object_mut()) {
                    members.insert("vcApiIssuers".to_owned(), issuers.into());
                }
                return print(&ready.to_string());
            }
            say(format_args!("Accolade answers on {base} as {public}"));
            if let Some(issuers) = door {
                say(format_args!(
                    "The VC-API door is open: anybody may have anything signed there, as {}",
                    issuers.join(" or ")
                ));
            }
            Ok(())
        })
    }
}

/// The issuers that the VC-API door signs for, if it is open.
fn door_issuers(app: &App) -> Result<Option<Vec<String>>, CliError> {
    if !app.config.server.vc_api {
        return Ok(None);
    }
    let issuers = actix_web::rt::System::new().block_on(app.issuer.door_issuers());
    issuers.map(Some).map_err(|error| CliError::Said(error.to_string()))
}

/// Serves until the process is told to stop, then lets requests in flight end.
pub(super) fn serve(
    app: App,
    listener: TcpListener,
    ready: impl FnOnce(&App) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    actix_web::rt::System::new().block_on(async move {
        let app = Data::new(app);
        let server = server::serve(app.clone(), listener).map_err(CliError::io("the server"))?;
        let handle = server.handle();
        let mut running = tokio::spawn(server);
        let mut admin_running = tokio::spawn(admin_address(&app)?);
        app.begin_check();
        // Who has read that it is ready may send orders at once.
        let socket = admin::open_socket(&app).map_err(CliError::io("the socket for commands"))?;
        ready(&app)?;
        tokio::select! {
            failed = admin::answer(&socket, &app) => {
                failed.map_err(CliError::io("the socket for commands"))?;
            }
            () = app.outbox.run() => {}
            ended = &mut running => {
                ended.unwrap_or_else(|_| Err(std::io::Error::other("the server stopped")))
                    .map_err(CliError::io("the server"))?;
            }
            ended = &mut admin_running => {
                ended.unwrap_or_else(|_| Err(std::io::Error::other("the server stopped")))
                    .map_err(CliError::io("the admin address"))?;
            }
            () = app.batches.run() => {}
            () = app.issuer.keep_drawing() => {}
            () = told_to_stop() => {
                tracing::info!("stopping: requests in flight end first");
                app.batches.close();
                handle.stop(true).await;
            }
        }
        if let Err(error) = app.store.write_tallies().await {
            tracing::warn!(%error, "the last verifications are not counted");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Health and metrics on `[server] admin_listen`; without one, nothing, for ever.
fn admin_address(
    app: &Data<App>,
) -> Result<impl Future<Output = std::io::Result<()>> + use<>, CliError> {
    let server = match app.config.server.admin_listen {
        Some(address) => {
            let failed = CliError::io("the admin address");
            let bound = TcpListener::bind(address)
                .and_then(|listener| server::serve_admin(app.clone(), listener));
            Some(bound.map_err(failed)?)
        }
        None => None,
    };
    Ok(async {
        match server {
            Some(server) => server.await,
            None => std::future::pending().await,
        }
    })
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals cannot be received; stop the process by force");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
