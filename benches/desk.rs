//! An issuer with a store on disk and one badge class, for the benches that award many.

use std::path::Path;

use accolade::domain::{AccountId, BadgeClassId};
use accolade::issuer::{Issuer, Mandate, Parts};
use accolade::json;
use accolade::store::Store;
use accolade::store::durable::Options;
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

/// The number behind an option of the command line.
pub(crate) fn option(name: &str) -> Option<usize> {
    std::env::args().skip_while(|argument| argument != name).nth(1)?.parse().ok()
}

/// What opens the data of `folder`, as the service would; `--cache MB` sets how much of it the engine
/// keeps in memory.
pub(crate) fn open(folder: &Path) -> Issuer {
    let random = Random::system();
    let mut options = Options::new(folder.join("store"));
    if let Some(cache) = option("--cache") {
        options.cache_bytes = cache as u64 * 1_000_000;
    }
    Issuer::new(Parts {
        store: Store::open_with(&options, &folder.join("blobs"), &random).unwrap(),
        keys: KeyDirectory::open(folder.join("keys"), None).unwrap(),
        clock: Clock::system(),
        urls: Urls::new("https://badges.example.org").unwrap(),
        random,
        mailer: accolade::mail::Mailer::off(),
        holder_link_days: 30,
    })
}

/// An account with the badge class `F1`.
pub(crate) async fn badge_class(issuer: &Issuer) -> (AccountId, BadgeClassId) {
    let account = AccountId::random(&Random::system());
    let mandate = Mandate::of(&account, "bench");
    let draft = rest::issuer_draft(&json::parse(ISSUER).unwrap()).unwrap();
    let made = issuer.create_issuer(&mandate, draft).await.unwrap().value;
    let body = CLASS.replace("ISSUER", made.id.as_str());
    let draft = rest::badge_class_draft(&json::parse(&body).unwrap()).unwrap();
    let class = issuer.create_badge_class(&mandate, draft).await.unwrap().value;
    (account, class.id)
}

/// Memory of this process, in MB: `VmRSS:` is what it has now, `VmHWM:` what it had at most.
pub(crate) fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1000
}
