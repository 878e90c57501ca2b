//! What every backend must do, run against each of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::backend::{
    Backend, Batch, Expectation, Key, MAX_KEY_BYTES, MAX_VALUE_BYTES, Sequence, Version,
};
use super::check::CheckProgress;
use super::durable::{Durable, Options};
use super::error::StoreError;
use super::memory::Memory;
use crate::world::Random;

fn memory(_: &Path) -> Backend {
    Backend::Memory(Arc::new(Memory::default()))
}

fn sled(directory: &Path) -> Backend {
    let options = Options { ballast_bytes: 0, ..Options::new(directory) };
    Backend::Sled(Arc::new(Durable::open(&options, &Random::seeded(1)).unwrap()))
}

macro_rules! conformance {
    ($($rule:ident),+ $(,)?) => {
        mod memory_backend {
            $(#[test] fn $rule() { super::run(super::memory, |backend| super::$rule(backend)); })+
        }
        mod sled_backend {
            $(#[test] fn $rule() { super::run(super::sled, |backend| super::$rule(backend)); })+
        }
    };
}

conformance![
    what_is_put_is_found_and_what_is_deleted_is_not,
    a_failed_expectation_names_its_key_and_changes_nothing,
    of_several_writes_to_one_key_the_last_counts,
    an_empty_batch_checks_its_expectations,
    versions_rise_and_belong_to_the_commit,
    scans_go_in_byte_order_within_prefix_start_and_limit,
    limits_are_refused_by_name_and_number,
    of_many_who_insert_one_key_exactly_one_succeeds,
    compare_and_swap_loses_no_update,
    no_reader_sees_half_a_batch_of_two_keys_that_were_equal,
    a_random_history_agrees_with_a_map,
    appended_rows_lie_in_the_order_of_their_commits,
    a_row_for_some_is_appended_while_there_are_any,
    a_check_reads_every_record,
];

fn run<F: Future<Output = ()>>(open: fn(&Path) -> Backend, rule: impl FnOnce(Backend) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let backend = open(directory.path());
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap()
        .block_on(rule(backend));
}

fn key(text: &str) -> Key {
    Key::new(text)
}

async fn value(backend: &Backend, text: &str) -> Option<Vec<u8>> {
    backend.get(&key(text)).await.unwrap().map(|stored| stored.bytes)
}

async fn put(backend: &Backend, text: &str, bytes: &[u8]) -> Version {
    let mut batch = Batch::new();
    batch.put(key(text), bytes.to_vec());
    backend.commit(batch).await.unwrap()
}

async fn what_is_put_is_found_and_what_is_deleted_is_not(backend: Backend) {
    assert_eq!(value(&backend, "a").await, None);
    put(&backend, "a", b"one").await;
    put(&backend, "b", b"").await;
    assert_eq!(value(&backend, "a").await.unwrap(), b"one");
    assert_eq!(value(&backend, "b").await.unwrap(), b"");
    put(&backend, "a", b"two").await;
    assert_eq!(value(&backend, "a").await.unwrap(), b"two");
    let mut batch = Batch::new();
    batch.delete(key("a"));
    batch.delete(key("never there"));
    backend.commit(batch).await.unwrap();
    assert_eq!(value(&backend, "a").await, None);
}

async fn a_failed_expectation_names_its_key_and_changes_nothing(backend: Backend) {
    let version = put(&backend, "taken", b"x").await;
    let wrong = [
        ("taken", Expectation::Absent),
        ("taken", Expectation::Version(Version(version.0 + 1))),
        ("free", Expectation::Version(version)),
    ];
    for (name, expectation) in wrong {
        let mut batch = Batch::new();
        batch.put(key("first"), b"1".to_vec());
        batch.expect(key("taken"), Expectation::Version(version));
        batch.expect(key(name), expectation);
        batch.delete(key("taken"));
        match backend.commit(batch).await {
            Err(StoreError::Conflict { key }) => assert_eq!(key, Key::new(name)),
            other => panic!("{expectation:?} of {name}: {other:?}"),
        }
        assert_eq!(value(&backend, "first").await, None);
        assert_eq!(value(&backend, "taken").await.unwrap(), b"x");
    }
    let mut batch = Batch::new();
    batch.expect(key("taken"), Expectation::Version(version));
    batch.insert(key("free"), b"2".to_vec());
    backend.commit(batch).await.unwrap();
    assert_eq!(value(&backend, "free").await.unwrap(), b"2");
}

async fn of_several_writes_to_one_key_the_last_counts(backend: Backend) {
    let mut batch = Batch::new();
    batch.put(key("a"), b"1".to_vec());
    batch.put(key("a"), b"2".to_vec());
    batch.put(key("b"), b"1".to_vec());
    batch.delete(key("b"));
    backend.commit(batch).await.unwrap();
    assert_eq!(value(&backend, "a").await.unwrap(), b"2");
    assert_eq!(value(&backend, "b").await, None);
}

async fn an_empty_batch_checks_its_expectations(backend: Backend) {
    let mut batch = Batch::new();
    batch.expect(key("a"), Expectation::Absent);
    backend.commit(batch.clone()).await.unwrap();
    put(&backend, "a", b"1").await;
    assert!(matches!(backend.commit(batch).await, Err(StoreError::Conflict { .. })));
}

async fn versions_rise_and_belong_to_the_commit(backend: Backend) {
    let mut batch = Batch::new();
    batch.put(key("a"), b"1".to_vec());
    batch.put(key("b"), b"1".to_vec());
    let first = backend.commit(batch).await.unwrap();
    let second = put(&backend, "b", b"2").await;
    assert!(second > first);
    assert_eq!(backend.get(&key("a")).await.unwrap().unwrap().version, first);
    assert_eq!(backend.get(&key("b")).await.unwrap().unwrap().version, second);
    let mut batch = Batch::new();
    batch.delete(key("b"));
    backend.commit(batch).await.unwrap();
    let again = put(&backend, "b", b"2").await;
    assert!(again > second, "a record made again is told from the former one");
}

async fn scans_go_in_byte_order_within_prefix_start_and_limit(backend: Backend) {
    let keys: [&[u8]; 7] = [b"a", b"b", b"b\x00", b"b\x01\xff", b"b\xff", b"b\xff\xff", b"c"];
    for bytes in keys {
        let mut batch = Batch::new();
        batch.put(Key::new(bytes), bytes.to_vec());
        backend.commit(batch).await.unwrap();
    }
    let scan = async |prefix: &[u8], after: Option<&[u8]>, limit| {
        let after = after.map(Key::new);
        let found = backend.scan(&Key::new(prefix), after.as_ref(), limit).await.unwrap();
        for (key, stored) in &found {
            assert_eq!(key.as_bytes(), stored.bytes);
        }
        found.into_iter().map(|(key, _)| key.as_bytes().to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(scan(b"b", None, 100).await, keys[1..6]);
    assert_eq!(scan(b"b", None, 2).await, keys[1..3]);
    assert_eq!(scan(b"b", None, 0).await, [] as [&[u8]; 0]);
    assert_eq!(scan(b"b", Some(b"b"), 100).await, keys[2..6]);
    assert_eq!(scan(b"b", Some(b"b\x00\x00"), 2).await, keys[3..5]);
    assert_eq!(scan(b"b", Some(b"a"), 1).await, keys[1..2], "a start before the prefix");
    assert_eq!(scan(b"b", Some(b"c"), 9).await, [] as [&[u8]; 0], "a start behind the prefix");
    assert_eq!(scan(b"b\xff", None, 9).await, keys[4..6]);
    assert_eq!(scan(b"", None, 9).await, keys, "the backend's own records are not seen");
    assert_eq!(scan(b"d", None, 9).await, [] as [&[u8]; 0]);
}

async fn limits_are_refused_by_name_and_number(backend: Backend) {
    let mut batch = Batch::new();
    batch.put(key("largest"), vec![7; MAX_VALUE_BYTES]);
    batch.put(Key::new(vec![b'k'; MAX_KEY_BYTES]), vec![1]);
    backend.commit(batch).await.unwrap();
    assert_eq!(value(&backend, "largest").await.unwrap().len(), MAX_VALUE_BYTES);

    let too_much: [(Key, Vec<u8>, &str); 4] = [
        (key("big"), vec![7; MAX_VALUE_BYTES + 1], "65537 bytes, at most 65536"),
        (Key::new(vec![b'k'; MAX_KEY_BYTES + 1]), vec![], "513 bytes, at most 512"),
        (Key::new(*b""), vec![], "empty key"),
        (Key::new(*b"\0last"), vec![], "reserved"),
    ];
    for (key, bytes, says) in too_much {
        let mut batch = Batch::new();
        batch.put(Key::new("beside"), vec![1]);
        batch.put(key, bytes);
        let refusal = backend.commit(batch).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Refused { .. }), "{refusal}");
        assert!(refusal.to_string().contains(says), "{refusal}");
        assert_eq!(value(&backend, "beside").await, None);
    }
}

async fn of_many_who_insert_one_key_exactly_one_succeeds(backend: Backend) {
    let tasks: Vec<_> = (0..32_u8)
        .map(|who| {
            let backend = backend.clone();
            tokio::spawn(async move {
                let mut batch = Batch::new();
                batch.insert(key("place"), vec![who]);
                batch.put(key(&format!("seat {who}")), vec![who]);
                backend.commit(batch).await.is_ok().then_some(who)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.unwrap());
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(value(&backend, "place").await.unwrap(), winners);
    assert_eq!(backend.scan(&key("seat"), None, 99).await.unwrap().len(), 1);
}

async fn compare_and_swap_loses_no_update(backend: Backend) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let backend = backend.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    loop {
                        let found = backend.get(&key("count")).await.unwrap();
                        let mut batch = Batch::new();
                        let count = match &found {
                            None => {
                                batch.expect(key("count"), Expectation::Absent);
                                0
                            }
                            Some(stored) => {
                                let version = Expectation::Version(stored.version);
                                batch.expect(key("count"), version);
                                u32::from_be_bytes(stored.bytes.clone().try_into().unwrap())
                            }
                        };
                        batch.put(key("count"), (count + 1).to_be_bytes().to_vec());
                        match backend.commit(batch).await {
                            Ok(_) => break,
                            Err(StoreError::Conflict { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(value(&backend, "count").await.unwrap(), 80_u32.to_be_bytes());
}

async fn no_reader_sees_half_a_batch_of_two_keys_that_were_equal(backend: Backend) {
    let mut batch = Batch::new();
    batch.put(key("left"), vec![0]);
    batch.put(key("right"), vec![0]);
    backend.commit(batch).await.unwrap();
    let writer = {
        let backend = backend.clone();
        tokio::spawn(async move {
            for round in 1..=60_u8 {
                let mut batch = Batch::new();
                batch.put(key("left"), vec![round]);
                batch.put(key("right"), vec![round]);
                backend.commit(batch).await.unwrap();
            }
        })
    };
    while !writer.is_finished() {
        // `right` is read after `left`, so it is never older.
        let left = value(&backend, "left").await.unwrap();
        let right = value(&backend, "right").await.unwrap();
        assert!(right >= left, "{left:?} then {right:?}");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert_eq!(value(&backend, "left").await.unwrap(), [60]);
}

async fn a_random_history_agrees_with_a_map(backend: Backend) {
    let random = Random::seeded(7);
    let mut model = BTreeMap::new();
    for _ in 0..400 {
        let mut batch = Batch::new();
        let mut staged = model.clone();
        let [count, expected, ..]: [u8; 2] = random.bytes();
        let there = |model: &BTreeMap<Key, Vec<u8>>, key: &Key| model.contains_key(key);
        let watched = Key::new([b'm', expected % 24]);
        if expected > 128 {
            batch.expect(watched.clone(), Expectation::Absent);
        }
        for _ in 0..count % 5 {
            let [place, what, length]: [u8; 3] = random.bytes();
            let place = Key::new([b'm', place % 24]);
            if what % 3 == 0 {
                batch.delete(place.clone());
                staged.remove(&place);
            } else {
                let bytes = vec![what; usize::from(length) * 20];
                batch.put(place.clone(), bytes.clone());
                staged.insert(place, bytes);
            }
        }
        let holds = expected <= 128 || !there(&model, &watched);
        assert_eq!(backend.commit(batch).await.is_ok(), holds);
        if holds {
            model = staged;
        }
    }
    let found = backend.scan(&key("m"), None, 1000).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|(key, stored)| (key, stored.bytes)).collect();
    assert_eq!(found, model.into_iter().collect::<Vec<_>>());
}

async fn appended_rows_lie_in_the_order_of_their_commits(backend: Backend) {
    let tasks: Vec<_> = (0..8_u8)
        .map(|who| {
            let backend = backend.clone();
            tokio::spawn(async move {
                let mut own = Vec::new();
                for _ in 0..5 {
                    let mut batch = Batch::new();
                    batch.append(key("log/"), vec![who, 0]);
                    batch.append(key("log/"), vec![who, 1]);
                    own.push(backend.commit(batch).await.unwrap());
                }
                own
            })
        })
        .collect();
    let mut seen = Vec::new();
    let mut last = None;
    while seen.len() < 80 {
        for (key, stored) in backend.scan(&key("log/"), last.as_ref(), 7).await.unwrap() {
            let sequence = Sequence::of(&key).unwrap();
            assert_eq!(sequence.version, stored.version);
            assert_eq!(sequence.row, u16::from(stored.bytes[1]));
            seen.push(sequence);
            last = Some(key);
        }
        tokio::task::yield_now().await;
    }
    assert!(seen.is_sorted());
    let mut versions = Vec::new();
    for task in tasks {
        versions.extend(task.await.unwrap());
    }
    versions.sort();
    let rows: Vec<_> = seen.iter().step_by(2).map(|sequence| sequence.version).collect();
    assert_eq!(rows, versions);
}

async fn a_row_for_some_is_appended_while_there_are_any(backend: Backend) {
    let append = async |batch: &mut Batch| {
        batch.append(key("log/"), b"all".to_vec());
        batch.append_for(key("reader/"), key("own/"), b"some".to_vec());
        batch.append(key("log/"), b"more".to_vec());
        backend.commit(std::mem::take(batch)).await.unwrap()
    };
    let of_some = async || backend.scan(&key("own/"), None, 9).await.unwrap();
    append(&mut Batch::new()).await;
    assert_eq!(of_some().await, []);
    let rows = backend.scan(&key("log/"), None, 9).await.unwrap();
    let numbers: Vec<u16> = rows.iter().map(|(key, _)| Sequence::of(key).unwrap().row).collect();
    assert_eq!(numbers, [0, 2], "its number is used up");

    let mut batch = Batch::new();
    batch.put(key("reader/1"), Vec::new());
    let first = append(&mut batch).await;
    let second = append(&mut Batch::new()).await;
    let mut batch = Batch::new();
    batch.delete(key("reader/1"));
    backend.commit(batch).await.unwrap();
    append(&mut Batch::new()).await;
    let versions: Vec<Version> = of_some().await.iter().map(|(_, row)| row.version).collect();
    assert_eq!(versions, [first, second]);
}

async fn a_check_reads_every_record(backend: Backend) {
    for number in 0..40 {
        put(&backend, &format!("record {number}"), b"content").await;
    }
    let progress = CheckProgress::default();
    backend.check(&progress);
    let report = progress.report();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.sound, 40);
}

#[test]
fn a_reopened_directory_holds_everything_and_goes_on_counting() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut last = Version(0);
    for round in 0..4_u8 {
        let backend = sled(directory.path());
        runtime.block_on(async {
            for former in 0..round {
                let found = value(&backend, &format!("round {former}")).await;
                assert_eq!(found.unwrap(), [former]);
            }
            let version = put(&backend, &format!("round {round}"), &[round]).await;
            assert!(version > last);
            last = version;
        });
    }
}
