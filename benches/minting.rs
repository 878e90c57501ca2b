//! How many awards of one badge class are minted in a second: `cargo bench --bench minting`.
//!
//! Each is rendered, signed (`eddsa-rdfc-2022`), judged as a stranger would, and put into a store in
//! memory, one by one on the ordinary road and many at once. What is printed is this machine's;
//! nothing is asserted. `--most N` sets how many awards the last row mints (10,000).

#![expect(clippy::unwrap_used, reason = "a bench that fails shall say so")]

mod processor;

use std::time::Instant;

use accolade::domain::{AccountId, AssertionDraft, BadgeClassId};
use accolade::issuer::{Issuer, Mandate, Parts};
use accolade::json::{self, Value};
use accolade::store::Store;
use accolade::store::key_directory::KeyDirectory;
use accolade::urls::Urls;
use accolade::wire::rest;
use accolade::world::{Clock, Random};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const ISSUER: &str = r#"{"slug": "river", "name": "River Teachers",
    "url": "https://river.example.org/", "email": "badges@river.example.org",
    "description": "Teachers who lead the learning of teachers."}"#;

const CLASS: &str = r#"{
    "issuer": "ISSUER", "name": "Facilitator: Leading Team Meetings",
    "description": "Plans and leads meetings that change what happens in classrooms.",
    "criteria": {"url": "https://river.example.org/criteria/facilitator",
        "narrative": "Submit **three** agendas and a reflection; every part at Proficient."},
    "achievementType": "MicroCredential", "tags": ["facilitation", "leadership", "meetings"],
    "creditsAvailable": 2, "humanCode": "TM-F-01",
    "alignment": [
        {"targetName": "Facilitates professional learning", "targetCode": "TLMS.3.a",
         "targetUrl": "https://standards.example.org/tlms/3/a", "targetType": "CFItem",
         "targetFramework": "Teacher Leader Model Standards"},
        {"targetName": "Leads conversations about evidence", "targetCode": "TLMS.5.c",
         "targetUrl": "https://standards.example.org/tlms/5/c", "targetType": "CFItem"}],
    "resultDescription": [
        {"code": "agenda", "name": "Agenda", "resultType": "RubricCriterionLevel",
         "requiredLevel": "3", "rubricCriterionLevel": [
            {"code": "1", "name": "Beginning", "level": "1", "points": "1"},
            {"code": "2", "name": "Developing", "level": "2", "points": "2"},
            {"code": "3", "name": "Proficient", "level": "3", "points": "3"},
            {"code": "4", "name": "Leading", "level": "4", "points": "4"}]},
        {"code": "reflection", "name": "Reflection", "resultType": "RubricCriterionLevel",
         "requiredLevel": "3", "rubricCriterionLevel": [
            {"code": "1", "name": "Beginning", "level": "1", "points": "1"},
            {"code": "2", "name": "Developing", "level": "2", "points": "2"},
            {"code": "3", "name": "Proficient", "level": "3", "points": "3"},
            {"code": "4", "name": "Leading", "level": "4", "points": "4"}]}]}"#;

const AWARD: &str = r#"{
    "badgeClass": "CLASS", "recipient": {"email": "teacherNUMBER@schools.example.org"},
    "issuedOn": "2026-01-15T09:30:00Z", "expires": "2031-01-15", "role": "Team leader",
    "term": "2025-2026", "creditsEarned": 1.5, "narrative": "Led team NUMBER for a year.",
    "evidence": [{"url": "https://e.example.org/NUMBER", "name": "Agenda NUMBER",
        "narrative": "Three agendas with notes on each.", "genre": "Agenda"}],
    "results": [{"resultDescription": "agenda", "achievedLevel": "3"},
        {"resultDescription": "reflection", "achievedLevel": "4"}]}"#;

/// Awards handed over at once.
const SLICE: usize = 1_000;

struct Bench {
    runtime: Runtime,
    issuer: Issuer,
    account: AccountId,
    class: BadgeClassId,
    _keys: TempDir,
}

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let most = std::env::args().skip_while(|argument| argument != "--most").nth(1);
    let most = most.map_or(10_000, |most| most.parse().unwrap());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "awards of one badge class, {cores} cores: minted in a second, and in one of processor time"
    );
    let alone = row("one by one", if is_test { 4 } else { 500 }, |bench, count| {
        for draft in bench.drafts(0..count) {
            let mandate = Mandate::of(&bench.account, "bench");
            bench.runtime.block_on(bench.issuer.mint(&mandate, draft)).unwrap();
        }
    });
    let mut counts = vec![if is_test { 10 } else { 1_000 }];
    while let Some(last) = counts.last().copied()
        && last * 10 <= most
        && !is_test
    {
        counts.push(last * 10);
    }
    for count in counts {
        let many = row("many at once", count, |bench, count| {
            for start in (0..count).step_by(SLICE) {
                let drafts = bench.drafts(start..count.min(start + SLICE));
                let mandate = Mandate::of(&bench.account, "bench");
                let minted = bench.runtime.block_on(bench.issuer.mint_many(&mandate, drafts));
                assert!(minted.iter().all(Result::is_ok));
            }
        });
        println!("{:>58.1} times as many", many / alone);
    }
}

/// Prints one row and returns how many awards one core mints in a second of its time.
fn row(what: &str, count: usize, work: impl Fn(&Bench, usize)) -> f64 {
    let bench = Bench::new();
    // Contexts, keys and lists are warm before the clock starts.
    let drafts = bench.drafts(0..64);
    let mandate = Mandate::of(&bench.account, "bench");
    bench.runtime.block_on(bench.issuer.mint_many(&mandate, drafts));
    let (start, busy) = (Instant::now(), processor::seconds());
    work(&bench, count);
    let second = count as f64 / start.elapsed().as_secs_f64();
    let core = count as f64 / (processor::seconds() - busy).max(0.01);
    println!("{what:<14} {count:>8} awards {second:>10.0}/s {core:>10.0}/s");
    core
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let random = Random::seeded(1);
        let keys = tempfile::tempdir().unwrap();
        let issuer = Issuer::new(Parts {
            store: Store::memory(&random),
            keys: KeyDirectory::open(keys.path(), None).unwrap(),
            clock: Clock::system(),
            urls: Urls::new("https://badges.example.org").unwrap(),
            mailer: accolade::mail::Mailer::off(),
            holder_link_days: 30,
            random: random.clone(),
        });
        let account = AccountId::random(&random);
        let class = runtime.block_on(async {
            let mandate = Mandate::of(&account, "bench");
            let draft = rest::issuer_draft(&read(ISSUER)).unwrap();
            let made = issuer.create_issuer(&mandate, draft).await.unwrap().value;
            let body = CLASS.replace("ISSUER", made.id.as_str());
            let draft = rest::badge_class_draft(&read(&body)).unwrap();
            issuer.create_badge_class(&mandate, draft).await.unwrap().value.id
        });
        Self { runtime, issuer, account, class, _keys: keys }
    }

    fn drafts(&self, numbers: std::ops::Range<usize>) -> Vec<AssertionDraft> {
        let body = AWARD.replace("CLASS", self.class.as_str());
        let draft = |number: usize| {
            rest::assertion_draft(&read(&body.replace("NUMBER", &number.to_string()))).unwrap()
        };
        numbers.map(draft).collect()
    }
}

fn read(text: &str) -> Value<'_> {
    json::parse(text).unwrap()
}
