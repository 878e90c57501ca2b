//! How many rows of a CSV file are taken in and worked off in a second: `cargo bench --bench batches`.
//!
//! A store on disk, one badge class; the rows are accepted (all durable), worked off (each award signed,
//! judged and durable with its outcome), and sent once more (all duplicates). What is printed is this
//! machine's; nothing is asserted. `--rows N` sets how many (10,000); the most memory that the
//! process held is printed behind each step.

#![expect(clippy::unwrap_used, reason = "a bench that fails shall say so")]

use std::time::Instant;

use accolade::domain::AccountId;
use accolade::issuer::batches::{Batches, Format, Terms, Upload};
use accolade::issuer::{Issuer, Mandate, Parts};
use accolade::json;
use accolade::store::Store;
use accolade::store::key_directory::KeyDirectory;
use accolade::urls::Urls;
use accolade::wire::rest;
use accolade::world::{Clock, Random};

const ISSUER: &str = r#"{"slug": "river", "name": "River Teachers",
    "url": "https://river.example.org/", "email": "badges@river.example.org"}"#;

const CLASS: &str = r#"{"issuer": "ISSUER", "name": "Facilitator", "humanCode": "F1",
    "description": "Plans and leads meetings that change what happens in classrooms.",
    "criteria": {"narrative": "Submit **three** agendas and a reflection."},
    "resultDescription": [{"code": "agenda", "name": "Agenda", "requiredLevel": "3",
        "resultType": "RubricCriterionLevel", "rubricCriterionLevel": [
            {"code": "2", "name": "Developing"}, {"code": "3", "name": "Proficient"}]}]}"#;

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let rows = std::env::args().skip_while(|argument| argument != "--rows").nth(1);
    let rows = rows.map_or(if is_test { 20 } else { 10_000 }, |rows| rows.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(rows));
}

async fn run(rows: u32) {
    let folder = tempfile::tempdir().unwrap();
    let random = Random::system();
    let store = Store::open(folder.path(), &random).unwrap();
    let issuer = Issuer::new(Parts {
        store: store.clone(),
        keys: KeyDirectory::open(folder.path().join("keys"), None).unwrap(),
        clock: Clock::system(),
        urls: Urls::new("https://badges.example.org").unwrap(),
        random: random.clone(),
        mailer: accolade::mail::Mailer::off(),
        holder_link_days: 30,
    });
    let account = AccountId::random(&random);
    let mandate = Mandate::of(&account, "bench");
    let draft = rest::issuer_draft(&json::parse(ISSUER).unwrap()).unwrap();
    let made = issuer.create_issuer(&mandate, draft).await.unwrap().value;
    let body = CLASS.replace("ISSUER", made.id.as_str());
    let draft = rest::badge_class_draft(&json::parse(&body).unwrap()).unwrap();
    issuer.create_badge_class(&mandate, draft).await.unwrap();
    let batches = Batches::new(&issuer, u32::MAX);
    for what in ["new", "sent again"] {
        let mut spool = store.spool().await.unwrap();
        spool.write(b"email,name,badge class,awarded on,results,overall\n").await.unwrap();
        for at in 0..rows {
            let row = format!(
                "teacher{at}@schools.example.org,Teacher {at},F1,2026-01-15,agenda=3,earned\n"
            );
            spool.write(row.as_bytes()).await.unwrap();
        }
        let bytes = spool.end().await.unwrap();
        let upload = Upload { format: Format::Csv, bytes, mapping: String::new() };
        let terms = Terms { as_of: None, may_revoke: true, notify: false };
        let start = Instant::now();
        let inspected = batches.inspect(upload).await.unwrap();
        let batch = batches.accept(&mandate, inspected, &terms).await.unwrap().value;
        say("accepted", what, rows, start);
        let start = Instant::now();
        while batches.step().await.unwrap() {}
        say("worked off", what, rows, start);
        let counts = batches.batch(&account, &batch.id).await.unwrap().value.counts;
        assert_eq!(counts.issued + counts.duplicate, rows);
    }
}

fn say(step: &str, what: &str, rows: u32, start: Instant) {
    let second = f64::from(rows) / start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("").trim();
    println!("{step:<10} {rows:>8} rows, {what:<10} {second:>10.0}/s, at most {peak}");
}
