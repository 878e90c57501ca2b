//! `accolade serve`: the service, until it is told to stop.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use actix_web::web::Data;
use clap::Args;

use super::{CliError, print, say, start};
use crate::api::server;
use crate::app::{App, Identity, World};
use crate::config::{Config, Flags};

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

/// Where a service listens, and as what.
#[derive(Debug, Args)]
pub(super) struct Address {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Option<String>,
    /// Origin under which the world reaches the service; fixed at the first start
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Take another public URL than before; ids under the old one stay known as ours
    #[arg(long)]
    pub(super) adopt_public_url: bool,
}

impl Address {
    pub(super) fn flags(&self, flags: Flags) -> Flags {
        Flags { listen: self.listen.clone(), public_url: self.public_url.clone(), ..flags }
    }

    /// The identity to open the data directory with, given the address that is listened on.
    pub(super) fn identity(&self, config: &Config, bound: SocketAddr) -> Identity {
        let adopt = self.adopt_public_url;
        match &config.server.public_url {
            Some(url) => Identity::Chosen { url: url.clone(), adopt },
            None => Identity::Listening { url: local_url(bound), adopt },
        }
    }
}

/// The URL of a listening address on this machine.
pub(super) fn local_url(bound: SocketAddr) -> String {
    let mut reached = bound;
    if bound.ip().is_unspecified() {
        reached.set_ip(match bound {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{reached}")
}

impl Serve {
    pub(super) fn run(self, flags: Flags) -> Result<ExitCode, CliError> {
        let config = start(&self.address.flags(flags))?;
        let listener = bind(config.server.listen)?;
        let bound = listener.local_addr().map_err(CliError::io("the listening address"))?;
        let identity = self.address.identity(&config, bound);
        let app = App::open(config, World::system(), &identity)?;
        serve(app, listener, |app| {
            let base = local_url(bound);
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

/// Binds the address to listen on.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).map_err(CliError::io(format!("cannot listen on {address}")))
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
        ready(&app)?;
        tokio::select! {
            ended = &mut running => {
                ended.unwrap_or_else(|_| Err(std::io::Error::other("the server stopped")))
                    .map_err(CliError::io("the server"))?;
            }
            () = told_to_stop() => {
                tracing::info!("stopping: requests in flight end first");
                handle.stop(true).await;
            }
        }
        Ok(ExitCode::SUCCESS)
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
