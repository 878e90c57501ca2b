//! How fast facts become durable, and how fast they are read: `cargo bench --bench store`.
//!
//! A commit here is what one minting writes: an assertion with its places in the lists, a signed
//! form of 4 KB, an event and an audit row, flushed and synced before it counts. Point it at the
//! disk that matters with `TMPDIR`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that fails shall say so"
)]

use std::hint::black_box;
use std::path::Path;
use std::sync::OnceLock;

use accolade::domain::{
    AccountId, Assertion, AssertionId, AssertionState, BadgeClassId, BadgeClassRef, Identity,
    IdentityType, IssuerId, KeyId, Recipient, StatusEntry, StatusPurpose, Visibility,
};
use accolade::store::{AuditRow, Event, Form, FormKind, Store};
use accolade::world::Random;
use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use tokio::runtime::Runtime;

const PER_WRITER: usize = 64;
const READ_FROM: usize = 10_000;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn account() -> AccountId {
    AccountId::random(&Random::seeded(1))
}

fn award(random: &Random, number: usize) -> Assertion {
    let index = u32::try_from(number).unwrap();
    let entry = StatusEntry { purpose: StatusPurpose::Revocation, list: 1, index };
    let email = format!("teacher{number}@schools.example");
    Assertion {
        id: AssertionId::random(random),
        uuid: random.uuid(),
        subject_uuid: random.uuid(),
        badge_class: BadgeClassRef { id: BadgeClassId::random(&Random::seeded(2)), version: 1 },
        issuer: IssuerId::random(&Random::seeded(3)),
        recipient: Recipient {
            identities: vec![Identity { kind: IdentityType::Email, value: email }],
            name: None,
            name_public: false,
            hashed: true,
            salt: "sel gris".to_owned(),
        },
        issued_on: Timestamp::UNIX_EPOCH,
        valid_from: Timestamp::UNIX_EPOCH,
        expires: None,
        evidence: Vec::new(),
        results: Vec::new(),
        narrative: Some("Led a cycle of coaching. ".repeat(40)),
        role: None,
        term: None,
        activity_start: None,
        activity_end: None,
        credits_earned: None,
        source: None,
        license_number: None,
        external_id: None,
        visibility: Visibility::Unlisted,
        state: AssertionState::Active,
        status: vec![entry],
        correction: None,
        renews: None,
        renewed_by: None,
        erased_at: None,
        key: KeyId::random(random),
        created_at: Timestamp::UNIX_EPOCH,
        revision: 1,
    }
}

async fn mint(store: &Store, account: &AccountId, assertions: &[Assertion]) {
    let mut tx = store.begin(account);
    for assertion in assertions {
        let (at, subject) = (Timestamp::UNIX_EPOCH, assertion.id.to_string());
        let form = Form { bytes: vec![b'x'; 4096], key: None, made_at: at };
        tx.insert_assertion(assertion);
        tx.set_form(&assertion.id, FormKind::Ob3, form);
        tx.event(Event {
            kind: "assertion.issued".to_owned(),
            subject: subject.clone(),
            at,
            data: serde_json::Value::Null,
        });
        tx.audit(&AuditRow {
            at,
            actor: "bench".to_owned(),
            action: "assertion.mint".to_owned(),
            subject,
            request: None,
            detail: serde_json::Value::Null,
        });
    }
    tx.commit().await.unwrap();
}

/// Durable commits, each awaited by its writer before the next.
#[divan::bench(args = [1, 4, 16, 32], sample_count = 10, sample_size = 1)]
fn commits(bencher: Bencher, writers: usize) {
    let directory = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let random = Random::system();
    let store = Store::open(directory.path(), &random).unwrap();
    bencher
        .counter(ItemsCount::new(writers * PER_WRITER))
        .with_inputs(|| -> Vec<Vec<Assertion>> {
            let batch = || (0..PER_WRITER).map(|number| award(&random, number)).collect();
            (0..writers).map(|_| batch()).collect()
        })
        .bench_values(|work| {
            runtime.block_on(async {
                let tasks: Vec<_> = work
                    .into_iter()
                    .map(|awards| {
                        let store = store.clone();
                        tokio::spawn(async move {
                            let account = account();
                            for assertion in &awards {
                                mint(&store, &account, std::slice::from_ref(assertion)).await;
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap();
                }
            });
        });
}

/// One writer, many awards in each commit.
#[divan::bench(args = [100, 1000], sample_count = 5, sample_size = 1)]
fn awards_in_one_commit(bencher: Bencher, count: usize) {
    let directory = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let random = Random::system();
    let store = Store::open(directory.path(), &random).unwrap();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| (0..count).map(|number| award(&random, number)).collect::<Vec<_>>())
        .bench_values(|awards| runtime.block_on(mint(&store, &account(), &awards)));
}

/// A store that all reads share.
fn filled() -> &'static (Store, Vec<AssertionId>, tempfile::TempDir) {
    static FILLED: OnceLock<(Store, Vec<AssertionId>, tempfile::TempDir)> = OnceLock::new();
    FILLED.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let random = Random::system();
        let store = Store::open(directory.path(), &random).unwrap();
        let awards: Vec<_> = (0..READ_FROM).map(|number| award(&random, number)).collect();
        runtime().block_on(async {
            for part in awards.chunks(500) {
                mint(&store, &account(), part).await;
            }
        });
        let ids = awards.into_iter().map(|assertion| assertion.id).collect();
        (store, ids, directory)
    })
}

/// An assertion by its public id, among 10,000: its owner, then the record, decoded.
#[divan::bench]
fn find_assertion(bencher: Bencher) {
    let (store, ids, _) = filled();
    let runtime = runtime();
    let mut next = (0..ids.len()).cycle();
    bencher.with_inputs(|| &ids[next.next().unwrap_or_default()]).bench_local_values(|id| {
        runtime.block_on(async { black_box(store.find_assertion(id).await.unwrap().unwrap()) })
    });
}

/// A form of 4 KB, as the badge link serves it.
#[divan::bench]
fn read_form(bencher: Bencher) {
    let (store, ids, _) = filled();
    let runtime = runtime();
    let account = account();
    let mut next = (0..ids.len()).cycle();
    bencher.with_inputs(|| &ids[next.next().unwrap_or_default()]).bench_local_values(|id| {
        runtime.block_on(async {
            black_box(store.form(&account, id, FormKind::Ob3).await.unwrap().unwrap())
        })
    });
}

/// A status index that nobody else gets.
#[divan::bench]
fn reserve_status(bencher: Bencher) {
    let (store, ..) = filled();
    let runtime = runtime();
    let (account, issuer) = (account(), IssuerId::random(&Random::seeded(9)));
    let (purpose, now) = (StatusPurpose::Revocation, Timestamp::UNIX_EPOCH);
    bencher.bench_local(|| {
        runtime.block_on(async {
            black_box(store.reserve_status(&account, &issuer, purpose, now).await.unwrap())
        })
    });
}

/// Opening a store of 10,000 awards.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn open(bencher: Bencher) {
    let (store, ids, directory) = filled();
    let runtime = runtime();
    let copy = tempfile::tempdir().unwrap();
    runtime.block_on(async { store.find_assertion(&ids[0]).await.unwrap() });
    copy_directory(directory.path(), copy.path());
    bencher.bench_local(|| Store::open(copy.path(), &Random::seeded(1)).unwrap());
}

fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_directory(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
