//! How a store behaves as it grows: `cargo bench --bench growth`.
//!
//! Awards are minted until there are 1,000, 10,000 … (`--most N`; 10,000). At each size the store is
//! closed and opened again, and then it is said how long that took, how long an award takes that is
//! minted alone, how long one is looked up by its public id, and how much memory the process has.
//! Medians; nothing is asserted. The store lies where `TMPDIR` says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that fails shall say so"
)]

mod desk;

use std::path::Path;
use std::time::{Duration, Instant};

use accolade::domain::{AccountId, AssertionDraft, AssertionId, BadgeClassId};
use accolade::issuer::{Issuer, Mandate};
use accolade::json;
use accolade::wire::rest;
use desk::memory;

/// Awards handed over at once.
const SLICE: usize = 2_000;

/// Of so many awards one is looked up later.
const LOOKED_UP: usize = 97;

/// Awards that are minted alone at each size.
const ALONE: usize = 300;

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let most = desk::option("--most").unwrap_or(if is_test { 10 } else { 10_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(grow(most, if is_test { 2 } else { ALONE }));
}

async fn grow(most: usize, alone: usize) {
    let folder = tempfile::tempdir().unwrap();
    let issuer = desk::open(folder.path());
    let (account, class) = desk::badge_class(&issuer).await;
    drop(issuer);
    let (mut made, mut ids) = (0, Vec::new());
    let mut size = most.min(1_000);
    println!("  awards  awarded/s     open   mint alone    look-up   memory   at most      disk");
    loop {
        let issuer = desk::open(folder.path());
        let start = Instant::now();
        let more = size - made;
        while made < size {
            let count = SLICE.min(size - made);
            let drafts = (made..made + count).map(|at| draft(&class, at)).collect();
            let minted = issuer.mint_many(&Mandate::of(&account, "bench"), drafts).await;
            let kept = minted.into_iter().map(|award| award.unwrap().value.id);
            ids.extend(kept.step_by(LOOKED_UP));
            made += count;
        }
        let rate = more as f64 / start.elapsed().as_secs_f64();
        drop(issuer);
        let start = Instant::now();
        let issuer = desk::open(folder.path());
        let opened = start.elapsed();
        let minted = mint_alone(&issuer, &account, &class, alone).await;
        let found = look_up(&issuer, &ids).await;
        println!(
            "{size:>8} {rate:>10.0} {opened:>8.1?} {minted:>12.1?} {found:>10.1?} {:>5} MB {:>6} MB {:>6} MB",
            memory("VmRSS:"),
            memory("VmHWM:"),
            disk(folder.path()) / 1_000_000,
        );
        if size >= most {
            return;
        }
        size = most.min(size * 10);
    }
}

async fn mint_alone(
    issuer: &Issuer,
    account: &AccountId,
    class: &BadgeClassId,
    count: usize,
) -> Duration {
    let mut times = Vec::with_capacity(count);
    for at in 0..count {
        let draft = draft(class, at);
        let start = Instant::now();
        issuer.mint(&Mandate::of(account, "bench"), draft).await.unwrap();
        times.push(start.elapsed());
    }
    median(times)
}

async fn look_up(issuer: &Issuer, ids: &[AssertionId]) -> Duration {
    let mut times = Vec::new();
    // From all over, and not in the order in which they were made.
    for at in 0..ids.len().min(2_000) {
        let id = &ids[at * 7_919 % ids.len()];
        let start = Instant::now();
        issuer.store().find_assertion(id).await.unwrap().unwrap();
        times.push(start.elapsed());
    }
    median(times)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn draft(class: &BadgeClassId, at: usize) -> AssertionDraft {
    let body = format!(
        r#"{{"badgeClass": "{class}", "recipient": {{"email": "teacher{at}@schools.example.org"}},
            "issuedOn": "2026-01-15T09:30:00Z",
            "results": [{{"resultDescription": "agenda", "achievedLevel": "3"}}]}}"#
    );
    rest::assertion_draft(&json::parse(&body).unwrap()).unwrap()
}

/// Bytes of all files.
fn disk(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(known) if known.is_dir() => disk(&entry.path()),
        // The engine removes files while we look.
        known => known.map_or(0, |known| known.len()),
    };
    entries.map(size).sum()
}
