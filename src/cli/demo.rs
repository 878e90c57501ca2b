//! `accolade demo`: a service with real awards, from nothing, in one command.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::address::{self, Address};
use super::files::write_output;
use super::serve::serve;
use super::tokens::{self, NewToken};
use super::{CliError, print, start};
use crate::app::{App, World};
use crate::config::{Config, Flags, MailTransport};
use crate::domain::{AccountId, AssertionId, BadgeClass, Stage};
use crate::programme::demo::{self, Demo};
use crate::store::{Page, StoreError};
use crate::verifier::{Input, Options, State};

/// Makes issuers, micro-credentials and real awards in every state, verifies each, and serves.
///
/// Needs no configuration and no network. A second start finds everything as it was.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  accolade demo\n  accolade demo --data /tmp/try --listen 127.0.0.1:0 --json"
)]
pub(super) struct DemoCommand {
    #[command(flatten)]
    address: Address,
    /// When ready, print one JSON object and nothing else to standard output
    #[arg(long)]
    json: bool,
}

impl DemoCommand {
    pub(super) fn run(self, flags: Flags) -> Result<ExitCode, CliError> {
        let mut config = start(&self.address.flags(flags))?;
        if cfg!(feature = "mail") {
            // So that the first holder is written to without a network.
            config.mail.transport.get_or_insert(MailTransport::File);
        }
        let bound = match address::listen(&config) {
            // Nobody asked for that port: any will do for a first start.
            Err(CliError::Io { source, .. })
                if source.kind() == ErrorKind::AddrInUse && is_first_start(&config) =>
            {
                config.server.listen = Some(([127, 0, 0, 1], 0).into());
                address::listen(&config)
            }
            other => other,
        };
        let (listener, base) = bound?;
        let identity = self.address.identity(&config, &base);
        let app = App::open(config, World::system(), &identity)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(CliError::io("the runtime"))?;
        let shown = runtime.block_on(prepare(&app))?;
        runtime.shutdown_background();
        serve(app, listener, |app| {
            if self.json {
                print(&shown.as_json(&base).to_string())
            } else {
                shown.tell(app, &base)
            }
        })
    }
}

fn is_first_start(config: &Config) -> bool {
    config.server.listen.is_none() && !config.store.path.join("instance.json").exists()
}

/// The demo, judged, with a token to go on with.
struct Prepared {
    demo: Demo,
    altered: Vec<Value>,
    /// The message to the holder of the first award, if it lies in a file here.
    mail: Option<PathBuf>,
    token: String,
    example_body: Value,
    /// How each award was judged, in the order of awards and gallery.
    judged: Vec<State>,
}

async fn prepare(app: &App) -> Result<Prepared, CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Said(format!("the demo: {error}"));
    // Drawn on a terminal only, and on standard error.
    let line = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        line.set_style(style);
    }
    line.enable_steady_tick(std::time::Duration::from_millis(120));
    line.set_message("making issuers, micro-credentials and awards");
    let account = tokens::first_account(app).await.map_err(|error| failed(&error))?;
    let now = app.world.clock.now_to_the_second();
    let demo = demo::prepare(&app.issuer, &account, now).await.map_err(|error| failed(&error))?;
    line.set_message("verifying each of them");
    let mut judged = Vec::new();
    for award in demo.awards.iter().chain(&demo.gallery) {
        judged.push(judge(app, &award.url).await?);
    }
    if let Some((award, state)) =
        demo.awards.iter().zip(&judged).find(|(_, state)| **state != State::Valid)
    {
        return Err(failed(&format_args!("{} does not verify: {state:?}", award.url)));
    }
    line.set_message("writing to the first holder");
    let mail = first_mail(app, &demo).await.map_err(|error| failed(&error))?;
    let altered = keep_altered(&app.config.store.path, &demo)?;
    let new = NewToken::for_demo(now);
    let token = tokens::make(app, new).await.map_err(CliError::Said)?;
    let example_body = example_body(app, &account).await.map_err(|error| failed(&error))?;
    line.finish_and_clear();
    Ok(Prepared {
        demo,
        altered,
        mail,
        example_body,
        token: token.get("token").and_then(Value::as_str).unwrap_or_default().to_owned(),
        judged,
    })
}

async fn judge(app: &App, url: &str) -> Result<State, CliError> {
    let report = app.verifier.verify(Input::Url(url.to_owned()), Options::default()).await;
    report.map(|report| report.state()).map_err(|error| CliError::Said(format!("{url}: {error}")))
}

/// Sends what waits, and finds the message about the first award.
async fn first_mail(app: &App, demo: &Demo) -> Result<Option<PathBuf>, String> {
    app.outbox.step().await.map_err(|error| error.to_string())?;
    let Some(first) = demo.awards.first() else { return Ok(None) };
    let award = AssertionId::parse(&first.id).map_err(|error| error.to_string())?;
    let files = app.mailer.files(&award).await.map_err(|error| error.to_string())?;
    Ok(files.into_iter().next().map(|file| file.canonicalize().unwrap_or(file)))
}

/// Writes the altered copies beside the data, to be dropped on the verify page.
fn keep_altered(data: &Path, demo: &Demo) -> Result<Vec<Value>, CliError> {
    let folder = data.join("demo");
    std::fs::create_dir_all(&folder).map_err(CliError::io(folder.display().to_string()))?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let mut rows = Vec::new();
    for copy in &demo.altered {
        let path = folder.join(copy.file_name);
        write_output(&path, &copy.bytes)?;
        rows.push(json!({ "state": "altered", "file": path, "what": copy.what }));
    }
    Ok(rows)
}

impl Prepared {
    fn as_json(&self, base: &str) -> Value {
        let rows = |awards: &[demo::Shown]| -> Vec<Value> {
            awards.iter().map(|award| serde_json::to_value(award).unwrap_or_default()).collect()
        };
        let mut gallery = rows(&self.demo.gallery);
        gallery.extend(self.altered.iter().cloned());
        json!({
            "baseUrl": base,
            "token": self.token,
            "awards": rows(&self.demo.awards),
            "gallery": gallery,
            "mail": self.mail,
        })
    }

    fn tell(&self, app: &App, base: &str) -> Result<(), CliError> {
        let mut text = format!("\nAccolade answers on {base}\n\nAwards in force, each verified:\n");
        let mut judged = self.judged.iter();
        for award in &self.demo.awards {
            let state = judged.next().map_or("", |state| word(*state));
            text += &format!("  {state:<14} {}  {}\n", award.url, award.name);
        }
        text += "\nAwards in other states:\n";
        for award in &self.demo.gallery {
            let state = judged.next().map_or("", |state| word(*state));
            text += &format!("  {state:<14} {}  {}\n", award.url, award.name);
        }
        for copy in &self.altered {
            let file = copy["file"].as_str().unwrap_or_default();
            text += &format!("  {:<14} {file}  (drop it on {base}/verify)\n", "altered");
        }
        if let Some(mail) = &self.mail {
            text += &format!("\nThe message to the first holder:\n  {}\n", mail.display());
        }
        text += &format!(
            "\nA fresh token, shown once:\n  {}\n\nMint one yourself:\n{}\n\n\
             Everything lies in {}. Stop with Ctrl-C; a second start finds it as it is.\n",
            self.token,
            self.example(base),
            app.config.store.path.display()
        );
        print(&text)
    }

    /// A command that mints, as it stands.
    fn example(&self, base: &str) -> String {
        let body = self.example_body.to_string().replace('\'', "'\\''");
        format!(
            "  curl -s {base}/v1/assertions \\\n    -H 'Authorization: Bearer {}' \\\n    \
             -H 'Content-Type: application/json' \\\n    -d '{body}'",
            self.token
        )
    }
}

/// What mints an award of the badge class that asks for least: every result at the level that is
/// required, evidence of every genre that is.
async fn example_body(app: &App, account: &AccountId) -> Result<Value, StoreError> {
    let classes = app.store.badge_classes(account, None, &Page::first(200)).await?;
    let asks = |class: &BadgeClass| class.required_evidence.len() + class.result_descriptions.len();
    let classes = classes.items.iter().map(|class| &class.value);
    let classes = classes.filter(|class| class.stage == Stage::Published);
    let Some(class) = classes.min_by_key(|class| asks(class)) else {
        return Ok(json!({}));
    };
    let results = class.result_descriptions.iter().map(|description| {
        let last = description.levels.last().map(|level| &level.code);
        let code = description.code.as_str();
        match description.required_level.as_ref().or(last) {
            Some(level) => json!({ "resultDescription": code, "achievedLevel": level.as_str() }),
            None => {
                let value = description.required_value.as_ref().or(description.value_max.as_ref());
                json!({ "resultDescription": code, "value": value.map_or("1", String::as_str) })
            }
        }
    });
    let evidence =
        class.required_evidence.iter().map(|genre| json!({ "genre": genre, "name": genre }));
    Ok(json!({
        "badgeClass": class.id.as_str(),
        "recipient": { "email": "you@example.org" },
        "results": results.collect::<Vec<_>>(),
        "evidence": evidence.collect::<Vec<_>>(),
    }))
}

fn word(state: State) -> &'static str {
    match state {
        State::Valid => "valid",
        State::Expired => "expired",
        State::Revoked => "revoked",
        State::Suspended => "suspended",
        State::NotYetValid => "not yet valid",
        State::Altered => "altered",
        State::CouldNotVerify => "could not verify",
    }
}
