//! The holder: she is told of her badge by e-mail, gets a link to her own page, and chooses there.

mod kill;
mod links;
mod mail;
mod page;
mod sink;

use accolade::config::{MailTls, MailTransport};

use crate::api::platform::{Platform, award_body};
use crate::app::TestApp;
use sink::Sink;

/// A service that sends its mail to a sink.
async fn start(sink: &Sink) -> TestApp {
    let port = sink.port;
    TestApp::start_with(move |config| {
        config.mail.transport = Some(MailTransport::Smtp);
        config.mail.host = Some("127.0.0.1".to_owned());
        config.mail.port = Some(port);
        config.mail.tls = MailTls::None;
        config.mail.from = Some("badges@riverside.example.org".to_owned());
        config.mail.from_name = Some("Riverside Büro".to_owned());
        config.mail.reply_to = Some("office@riverside.example.org".to_owned());
    })
    .await
}

/// A mint body that asks for the holder to be told.
fn told(class: &serde_json::Value) -> serde_json::Value {
    let mut body = award_body(class["id"].as_str().unwrap());
    body["notify"] = true.into();
    body
}

/// Mints an award whose holder is told.
async fn award(platform: &Platform<'_>) -> serde_json::Value {
    let class = platform.class().await;
    let mut body = told(&class);
    body.as_object_mut().unwrap().remove("externalId");
    platform.post("/v1/assertions", &body).await.expect(201).json()
}

/// Moves the clock by this many seconds from the start of the test.
fn later(app: &TestApp, seconds: i64) {
    let start: jiff::Timestamp = crate::app::NOW.parse().unwrap();
    app.set_time(&(start + jiff::SignedDuration::from_secs(seconds)).to_string());
}

/// Posts nothing.
async fn bare(platform: &Platform<'_>, path: &str) -> crate::app::Answer {
    platform.app.post(path).token(&platform.token).send().await
}

/// The path of a link of ours.
fn path_of(app: &TestApp, url: &str) -> String {
    url.strip_prefix(&app.base).expect("a link of ours").to_owned()
}

/// The link to the holder's page in a message.
fn link_in(message: &sink::Taken) -> String {
    let body = message.body();
    body.lines().find(|line| line.contains("/me/")).expect("a link").to_owned()
}

/// The rows of the audit trail of the account that owns an award, as text.
async fn audit(app: &TestApp, award: &serde_json::Value) -> String {
    let account = app.app.store.owner_of(award["id"].as_str().unwrap()).await.unwrap().unwrap();
    let page = accolade::store::Page::first(99);
    format!("{:?}", app.app.store.audit(&account, &page).await.unwrap().items)
}
