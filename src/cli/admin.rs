//! Commands on a data directory: on the store itself when it is free, else through the Unix socket
//! of the service that holds it. Either way the same code does the work, and the output is the same.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::address::local_url;
use super::{CliError, accounts, audit, award, import, keys, people, tokens};
use crate::app::{App, Identity, OpenError, World};
use crate::config::Config;
use crate::store::{self, Page};

/// What can be asked of a data directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    CreateToken(tokens::NewToken),
    ListTokens { account: Option<String> },
    RotateToken { id: String, overlap: Option<String> },
    CreateAccount { name: String },
    ListAccounts,
    ShowAccount { id: String },
    RenameAccount { id: String, name: String },
    ExportAudit { account: Option<String>, after: Option<String> },
    VerifyAudit { account: Option<String> },
    RevokeToken { id: String },
    CheckStore,
    ListKeys,
    AddKey { issuer: String, kind: String },
    TurnKey(keys::Turn),
    TouchedByKey { issuer: String, key: String, limit: usize, cursor: Option<String> },
    ResignKey { issuer: String, key: String },
    ExportPerson(people::WhichPerson),
    ErasePerson(people::WhichPerson),
    Import { account: Option<String>, text: String },
    Award(award::Step),
}

/// What comes back: data to print, or why not.
pub(super) type Outcome = Result<Value, String>;

/// Carries out an order on an open data directory.
pub(super) async fn carry_out(app: &App, order: Order) -> Outcome {
    match order {
        Order::CreateToken(new) => tokens::make(app, new).await,
        Order::ListTokens { account } => tokens::list(app, account.as_deref()).await,
        Order::RotateToken { id, overlap } => tokens::rotate(app, &id, overlap.as_deref()).await,
        Order::CreateAccount { name } => accounts::create(app, &name).await,
        Order::ListAccounts => accounts::list(app).await,
        Order::ShowAccount { id } => accounts::show(app, &id).await,
        Order::RenameAccount { id, name } => accounts::rename(app, &id, &name).await,
        Order::ExportAudit { account, after } => {
            audit::export(app, account.as_deref(), after).await
        }
        Order::VerifyAudit { account } => audit::verify(app, account.as_deref()).await,
        Order::RevokeToken { id } => tokens::revoke(app, &id).await,
        Order::CheckStore => super::store::check(app).await,
        Order::ListKeys => keys::list(app).await,
        Order::AddKey { issuer, kind } => keys::add(app, &issuer, &kind).await,
        Order::TurnKey(turn) => keys::turn(app, &turn).await,
        Order::TouchedByKey { issuer, key, limit, cursor } => {
            keys::touched(app, &issuer, &key, Page { after: cursor, limit }).await
        }
        Order::ResignKey { issuer, key } => keys::resign(app, &issuer, &key).await,
        Order::ExportPerson(person) => people::export(app, &person).await,
        Order::ErasePerson(person) => people::erase(app, &person).await,
        Order::Import { account, text } => {
            import::import_text(app, account.as_deref(), &text).await
        }
        Order::Award(step) => award::carry_out(app, step).await,
    }
}

/// Has an order carried out, by this process or by the service that is running.
pub(super) fn ask(config: Config, order: Order) -> Result<Value, CliError> {
    Session::open(config)?.ask(&order)
}

/// A data directory that orders go to, one after the other.
pub(super) struct Session {
    runtime: tokio::runtime::Runtime,
    way: Way,
}

enum Way {
    /// The store is free: this process has opened it.
    Own(Box<App>),
    /// The service that has it answers on its socket.
    Socket(PathBuf),
}

impl Session {
    /// Opens the data directory, or finds the service that has it.
    pub(super) fn open(config: Config) -> Result<Self, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CliError::io("the runtime"))?;
        let data = config.store.path.clone();
        let fallback = config
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| local_url(config.server.listen_or_default()));
        let way = match App::open(config, World::system(), &Identity::Present { fallback }) {
            Ok(app) => Way::Own(Box::new(app)),
            Err(OpenError::Store(store::OpenError::Locked { path, pid })) => {
                let socket = socket_path(&data);
                if runtime.block_on(UnixStream::connect(&socket)).is_err() {
                    // Whoever holds the store is no service of ours.
                    let locked = store::OpenError::Locked { path, pid };
                    return Err(CliError::Open(locked.into()));
                }
                Way::Socket(socket)
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { runtime, way })
    }

    /// Has an order carried out.
    pub(super) fn ask(&self, order: &Order) -> Result<Value, CliError> {
        let outcome = match &self.way {
            Way::Own(app) => self.runtime.block_on(carry_out(app, order.clone())),
            Way::Socket(socket) => self
                .runtime
                .block_on(ask_the_service(socket, order))
                .map_err(CliError::io("the running service"))?,
        };
        outcome.map_err(CliError::Said)
    }
}

async fn ask_the_service(socket: &Path, order: &Order) -> std::io::Result<Outcome> {
    let mut stream = UnixStream::connect(socket).await?;
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(serde_json::from_slice(&answer)?)
}

/// Where the socket is: in the data directory, or where the path would be too long for the system,
/// under a name made of it in the runtime directory.
fn socket_path(data: &Path) -> PathBuf {
    let whole = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let path = whole.join("admin.sock");
    if path.as_os_str().len() <= 100 {
        return path;
    }
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let name = store::blobs::hex_digest(path.as_os_str().as_encoded_bytes());
    runtime.join(format!("accolade-{}.sock", name.get(..16).unwrap_or(&name)))
}

/// The socket for orders. Only the owner of the data directory can connect.
pub(super) struct Socket {
    listener: UnixListener,
    _removed_at_the_end: RemovedAtTheEnd,
}

/// Opens the socket: from now on an order waits until it is answered.
pub(super) fn open_socket(app: &App) -> std::io::Result<Socket> {
    let path = socket_path(&app.config.store.path);
    // What a former run left; the lock on the store says that no other service is running here.
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(Socket { listener, _removed_at_the_end: RemovedAtTheEnd(path) })
}

/// Answers orders for as long as it is polled.
pub(super) async fn answer(socket: &Socket, app: &App) -> std::io::Result<()> {
    loop {
        let (stream, _) = socket.listener.accept().await?;
        if let Err(error) = serve_one(app, stream).await {
            tracing::warn!(%error, "an order over the socket was not answered");
        }
    }
}

/// Longest order, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

async fn serve_one(app: &App, mut stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = Vec::new();
    BufReader::new(read.take(LONGEST)).read_until(b'\n', &mut line).await?;
    let outcome = match serde_json::from_slice(&line) {
        Ok(order) => carry_out(app, order).await,
        Err(error) => Err(format!("the order is not understood: {error}")),
    };
    write.write_all(&serde_json::to_vec(&outcome)?).await?;
    write.shutdown().await
}

struct RemovedAtTheEnd(PathBuf);

impl Drop for RemovedAtTheEnd {
    fn drop(&mut self) {
        // If it stays, the next start removes it.
        let _ = std::fs::remove_file(&self.0);
    }
}
