//! The service as a client meets it: a real server on a free port, with a clock that stands still,
//! randomness that repeats, and a record of all traffic, held to `openapi.yaml` as it passes.

use accolade::api::server;
use accolade::api::token::Token;
use accolade::app::{App, Identity, World};
use accolade::config::{Config, StoreKind};
use accolade::domain::AccountId;
use accolade::store;
use accolade::world::{Clock, Random};
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use reqwest::Method;
use serde_json::Value;

use crate::openapi;

/// When tests happen.
pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

/// A running service.
pub(crate) struct TestApp {
    /// Where it answers, without a trailing slash.
    pub(crate) base: String,
    /// The service from within.
    pub(crate) app: Data<App>,
    client: reqwest::Client,
    server: ServerHandle,
    _folder: tempfile::TempDir,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Header fields.
    pub(crate) headers: reqwest::header::HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON: {error}: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header field; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or(""))
    }

    /// The last part of the problem's type.
    #[track_caller]
    pub(crate) fn slug(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        let slug = problem["type"].as_str().and_then(|kind| kind.rsplit('/').next());
        slug.unwrap_or_default().to_owned()
    }

    /// Demands a status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask<'_> {
    /// With a bearer token.
    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// With a header field.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With a body.
    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    /// Sends it, and holds what went and what came to the contract.
    #[track_caller]
    pub(crate) fn send(self) -> impl Future<Output = Answer> {
        let url = format!("{}{}", self.app.base, self.path);
        let mut request = self.app.client.request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let (method, path, body) = (self.method, self.path, self.body);
        let sent_type = self
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.clone());
        let sending = request.body(body.clone()).send();
        async move {
            let response = sending.await.expect("the server answers");
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let came = response.bytes().await.expect("the answer is whole").to_vec();
            let answer = Answer { status, headers, body: came };
            openapi::hold(&openapi::Exchange {
                method: method.as_str(),
                path: &path,
                sent_type: sent_type.as_deref(),
                sent: &body,
                status,
                came_type: Some(answer.header("content-type")).filter(|text| !text.is_empty()),
                came: &answer.body,
            });
            answer
        }
    }
}

impl TestApp {
    /// A service on http, as on a laptop, with its store in memory.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A service whose public URL is https, as on the web.
    pub(crate) async fn start_on_the_web() -> Self {
        Self::start_with(|config| {
            config.server.public_url = Some("https://badges.example.org".to_owned());
        })
        .await
    }

    /// A service with other settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        // A failing test shows what the service logged; the first app of the run sets it up.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_test_writer()
            .try_init();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::default();
        config.store.kind = StoreKind::Memory;
        config.store.path = folder.path().join("data");
        config.server.workers = 2;
        config.fetch.refuse_all = true;
        change(&mut config);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let identity = match &config.server.public_url {
            Some(url) => Identity::Chosen { url: url.clone(), adopt: false },
            None => Identity::Listening { url: base.clone(), adopt: false },
        };
        let world = World {
            clock: Clock::frozen(NOW.parse().expect("a time")),
            random: Random::seeded(42),
        };
        let app = App::open(config, world, &identity).expect("the service opens");
        let app = Data::new(app);
        let running = server::serve(app.clone(), listener).expect("the server starts");
        let server = running.handle();
        tokio::spawn(running);
        #[expect(clippy::disallowed_methods, reason = "a test's client asks our own server only")]
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { base, app, client, server, _folder: folder }
    }

    /// A token of a new account.
    pub(crate) async fn token(&self, scopes: &[&str]) -> String {
        self.token_of(&self.account().await, scopes).await
    }

    /// A new account.
    pub(crate) async fn account(&self) -> AccountId {
        let account = AccountId::random(&self.app.world.random);
        let mut transaction = self.app.store.begin(&account);
        transaction.insert_account("A platform", self.app.world.clock.now());
        transaction.commit().await.expect("an account");
        account
    }

    /// A token of an account.
    pub(crate) async fn token_of(&self, account: &AccountId, scopes: &[&str]) -> String {
        let token = Token::random(&self.app.world.random);
        let mut transaction = self.app.store.begin(account);
        transaction.insert_token(&store::Token {
            role: None,
            person: None,
            id: token.id.clone(),
            label: "test".to_owned(),
            secret_sha256: token.hash(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            created_at: self.app.world.clock.now(),
            expires_at: None,
            revoked_at: None,
        });
        transaction.commit().await.expect("a token");
        token.reveal().to_string()
    }

    /// Moves the clock.
    pub(crate) fn set_time(&self, at: &str) {
        self.app.world.clock.set(at.parse().expect("a time"));
    }

    /// The path and query of one of its own URLs.
    pub(crate) fn path<'u>(&self, url: &'u str) -> &'u str {
        url.strip_prefix(self.app.urls.public_url()).unwrap_or(url)
    }

    /// Asks for something.
    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    /// Posts something.
    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// Replaces something.
    pub(crate) fn put(&self, path: &str) -> Ask<'_> {
        self.ask(Method::PUT, path)
    }

    /// Any request.
    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask { app: self, method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// Sends bytes as they are and gives what comes back, up to the end of the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let address = self.base.trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
        stream.write_all(bytes).await.expect("it is sent");
        let mut came = Vec::new();
        let _ = stream.read_to_end(&mut came).await;
        String::from_utf8_lossy(&came).into_owned()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Stops without waiting; what is left ends with the test's runtime.
        drop(self.server.stop(false));
    }
}
