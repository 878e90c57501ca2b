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
    /// When ready, print one JSON object and nothing else to standard output
    #[arg(long)]
    json: bool,
}

impl Serve {
    pub(super) fn run(self, flags: Flags) -> Result<ExitCode, CliError> {
        let config = start(&self.address.flags(flags))?;
        let (listener, base) = address::listen(&config)?;
        let identity = self.address.identity(&config, &base);
        let app = App::open(config, World::system(), &identity)?;
        serve(app, listener, |app| {
            if self.json {
                print(
                    &serde_json::json!({
                        "baseUrl": base, "publicUrl": app.urls.public_url(),
                    })
                    .to_string(),
                )
            } else {
                say(format_args!("Accolade answers on {base} as {}", app.urls.public_url()));
                Ok(())
            }
        })
    }
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
        ready(&app)?;
        tokio::select! {
            failed = admin::listen(&app) => {
                failed.map_err(CliError::io("the socket for commands"))?;
            }
            ended = &mut running => {
                ended.unwrap_or_else(|_| Err(std::io::Error::other("the server stopped")))
                    .map_err(CliError::io("the server"))?;
            }
            ended = &mut admin_running => {
                ended.unwrap_or_else(|_| Err(std::io::Error::other("the server stopped")))
                    .map_err(CliError::io("the admin address"))?;
            }
            () = told_to_stop() => {
                tracing::info!("stopping: requests in flight end first");
                handle.stop(true).await;
            }
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
