//! A process that mints is killed in mid-work, again and again: nothing it acknowledged is lost, no
//! award is there by half, no status index is given twice, and the store opens again by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use accolade::domain::{AccountId, Assertion, BadgeClassId, IssuerId, StatusPurpose};
use accolade::store::{Answer, AssertionFilter, Claim, FormKind, Page, Store};
use accolade::world::Random;

use crate::require::say;
use crate::store_sample::{award, form, noon, stage};

/// Where the writing process finds its directory; without it the test below does nothing.
const DIRECTORY: &str = "ACCOLADE_TEST_STORE";

const WRITERS: usize = 4;

/// Of the requests that the writers carry out.
const FINGERPRINT: [u8; 32] = [3; 32];

/// Ids that every run of the writing process uses.
fn names() -> (AccountId, IssuerId, BadgeClassId) {
    let random = Random::seeded(41);
    (AccountId::random(&random), IssuerId::random(&random), BadgeClassId::random(&random))
}

#[test]
#[ignore = "the process that the other tests here start and kill"]
fn writing_process() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let random = Random::system();
    let store = Store::open(Path::new(&directory), &random).unwrap();
    acknowledge("open");
    runtime.block_on(async {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(mint_for_ever(store.clone(), random.clone())))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn mint_for_ever(store: Store, random: Random) {
    let (account, issuer, class) = names();
    for number in 0.. {
        let revocation = StatusPurpose::Revocation;
        let entry = store.reserve_status(&account, &issuer, revocation, noon()).await.unwrap();
        let place = format!("{} {}", entry.list, entry.index);
        let assertion = award(&random, &issuer, &class, number, entry.clone());
        let key = assertion.external_id.clone().unwrap();
        let claim = store.claim_answer(&account, &key, FINGERPRINT, noon()).await.unwrap();
        let Claim::New(claim) = claim else { panic!("{claim:?}") };
        let mut tx = store.begin(&account);
        stage(&mut tx, &assertion);
        tx.remember_answer(&claim, answer(&assertion), noon());
        // Every fourth is revoked with its minting, so that bits are under test too.
        if number % 4 == 0 {
            tx.set_status(&issuer, &entry, true, noon());
        }
        tx.commit().await.unwrap();
        let revoked = number % 4 == 0;
        acknowledge(&format!("ack {} {place} {revoked}", assertion.id));
    }
}

fn answer(assertion: &Assertion) -> Answer {
    let body = assertion.id.to_string().into_bytes();
    Answer { status: 201, headers: Vec::new(), body }
}

/// Says so on the pipe itself; what the other end has read was said.
fn acknowledge(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

struct Writer {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Writer {
    /// Starts this very program as the writing process, and waits until it has the store open.
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store_kill::writing_process", "--exact", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line.trim() != "open" {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the writing process did not open");
        }
        Self { child, lines }
    }

    /// Kills it after `time`; gives what it had acknowledged.
    fn kill_after(mut self, time: Duration) -> Vec<Acknowledged> {
        // The pipe is emptied all the while, or the writer would stand still at a full one.
        let reading = std::thread::spawn(move || {
            let mut text = Vec::new();
            self.lines.read_to_end(&mut text).unwrap();
            String::from_utf8(text).unwrap()
        });
        std::thread::sleep(time);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let text = reading.join().unwrap();
        // A line without its end was not acknowledged.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(Acknowledged::read).collect()
    }
}

struct Acknowledged {
    id: String,
    place: (u32, u32),
    revoked: bool,
}

impl Acknowledged {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("ack ")?.split(' ');
        let id = words.next()?.to_owned();
        let place = (words.next()?.parse().unwrap(), words.next()?.parse().unwrap());
        Some(Self { id, place, revoked: words.next()?.parse().unwrap() })
    }
}

/// Every assertion in the store, by id.
async fn all(store: &Store) -> BTreeMap<String, Assertion> {
    let (account, ..) = names();
    let mut found = BTreeMap::new();
    let mut page = Page::first(1000);
    loop {
        let listed =
            store.assertions(&account, &AssertionFilter::default(), &page, noon()).await.unwrap();
        for assertion in listed.items {
            found.insert(assertion.value.id.to_string(), assertion.value);
        }
        page.after = listed.next;
        if page.after.is_none() {
            return found;
        }
    }
}

async fn audited(store: &Store) -> BTreeSet<String> {
    let (account, ..) = names();
    let mut found = BTreeSet::new();
    let mut page = Page::first(1000);
    loop {
        let rows = store.audit(&account, &page).await.unwrap();
        for (_, row) in rows.items {
            assert!(found.insert(row.subject), "one audit row an award");
        }
        page.after = rows.next;
        if page.after.is_none() {
            return found;
        }
    }
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let cycles = if crate::require::everything() { 50 } else { 5 };
    let directory = tempfile::tempdir().unwrap();
    let random = Random::seeded(5);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (account, issuer, _) = names();
    let mut ledger = BTreeMap::new();
    let mut openings = Vec::new();
    for cycle in 0..cycles {
        let [chance]: [u8; 1] = random.bytes();
        let time = Duration::from_millis(20 + u64::from(chance));
        for acknowledged in Writer::start(directory.path()).kill_after(time) {
            let known = ledger.insert(acknowledged.id.clone(), acknowledged);
            assert!(known.is_none(), "cycle {cycle}: an id given twice");
        }

        let started = Instant::now();
        let store = Store::open(directory.path(), &random).unwrap();
        openings.push(started.elapsed());
        runtime.block_on(async {
            let found = all(&store).await;
            let mut places = BTreeSet::new();
            for (id, assertion) in &found {
                let entry = &assertion.status[0];
                assert!(places.insert((entry.list, entry.index)), "{id}: an index given twice");
                let kept = store.form(&account, &assertion.id, FormKind::Ob3).await.unwrap();
                assert_eq!(kept.as_ref(), Some(&form(assertion)), "{id}: half an award");
                let key = assertion.external_id.as_ref().unwrap();
                match store.claim_answer(&account, key, FINGERPRINT, noon()).await.unwrap() {
                    Claim::Answered(first) => assert_eq!(first, answer(assertion)),
                    other => panic!("{id}: sent again it would be minted again: {other:?}"),
                }
                let owner = store.owner_of(id).await.unwrap();
                assert_eq!(owner.as_ref(), Some(&account), "{id}: half an award");
            }
            assert_eq!(audited(&store).await, found.keys().cloned().collect());
            let mut set = BTreeSet::new();
            for list in
                store.status_lists(&account, &issuer, StatusPurpose::Revocation).await.unwrap()
            {
                let purpose = StatusPurpose::Revocation;
                let state = store.status_list(&account, &issuer, purpose, list).await.unwrap();
                set.extend(state.unwrap().set.into_iter().map(|index| (list, index)));
            }
            for (id, acknowledged) in &ledger {
                let assertion = found.get(id).unwrap_or_else(|| panic!("cycle {cycle}: {id} lost"));
                let entry = &assertion.status[0];
                assert_eq!((entry.list, entry.index), acknowledged.place);
                assert_eq!(set.contains(&acknowledged.place), acknowledged.revoked);
            }
        });
        drop(store);
    }
    // Other tests write to the same disk meanwhile, so one slow opening says nothing: how long opening
    // takes is held by the test of many awards.
    openings.sort_unstable();
    say(format!(
        "store: {cycles} kills, {} acknowledged awards, none lost; openings took {:?} in the middle, {:?} at most",
        ledger.len(),
        openings[openings.len() / 2],
        openings[openings.len() - 1],
    ));
    assert!(ledger.len() > cycles, "the writers hardly wrote");
}

#[test]
fn a_store_of_many_awards_opens_in_two_seconds_after_a_kill() {
    let awards = if crate::require::everything() { 100_000 } else { 2_000 };
    let directory = tempfile::tempdir().unwrap();
    let random = Random::seeded(6);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (account, issuer, class) = names();
    let store = Store::open(directory.path(), &random).unwrap();
    runtime.block_on(async {
        let purpose = StatusPurpose::Revocation;
        let entries = store.reserve_statuses(&account, &issuer, purpose, awards, noon()).await;
        for (at, chunk) in entries.unwrap().chunks(500).enumerate() {
            let mut tx = store.begin(&account);
            for (number, entry) in chunk.iter().enumerate() {
                let number = at * 500 + number;
                stage(&mut tx, &award(&random, &issuer, &class, number, entry.clone()));
            }
            tx.commit().await.unwrap();
        }
    });
    drop(store);
    let acknowledged = Writer::start(directory.path()).kill_after(Duration::from_millis(300));
    // What the kill left is opened until once it is quick: the fastest tells what opening takes, whatever
    // else the machine does at that moment.
    let limit = Duration::from_secs(2);
    let mut opening = Duration::MAX;
    for _ in 0..10 {
        let copied = tempfile::tempdir().unwrap();
        crate::store_damage::copy(directory.path(), copied.path());
        let started = Instant::now();
        let store = Store::open(copied.path(), &random).unwrap();
        opening = opening.min(started.elapsed());
        drop(store);
        if opening < limit {
            break;
        }
    }
    let store = Store::open(directory.path(), &random).unwrap();
    runtime.block_on(async {
        for one in &acknowledged {
            assert!(store.owner_of(&one.id).await.unwrap().is_some(), "{} lost", one.id);
        }
    });
    say(format!("store: {awards} awards open {opening:?} after a kill"));
    assert!(opening < limit, "opening took {opening:?}");
}
