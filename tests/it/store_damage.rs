//! Damaged, foreign, locked, read-only and full: a store says what is wrong, never panics, and never
//! serves anything but what was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use accolade::domain::{AccountId, Assertion, BadgeClassId, IssuerId, StatusPurpose};
use accolade::store::check::CheckProgress;
use accolade::store::durable::Options;
use accolade::store::{FormKind, OpenError, Store, StoreError};
use accolade::world::Random;

use crate::require::{component, everything, say};
use crate::store_sample::{award, form, noon, stage};

const AWARDS: usize = 300;

fn account() -> AccountId {
    AccountId::random(&Random::seeded(1))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn open(directory: &Path) -> Result<Store, OpenError> {
    let options = Options { ballast_bytes: 0, ..Options::new(directory.join("store")) };
    Store::open_with(&options, &directory.join("blobs"), &Random::seeded(2))
}

/// Puts `count` awards into the store, a commit each.
async fn fill(store: &Store, random: &Random, count: usize) -> Result<Vec<Assertion>, StoreError> {
    let (account, issuer) = (account(), IssuerId::random(&Random::seeded(3)));
    let class = BadgeClassId::random(&Random::seeded(4));
    let mut made = Vec::new();
    for number in 0..count {
        let purpose = StatusPurpose::Revocation;
        let entry = store.reserve_status(&account, &issuer, purpose, noon()).await?;
        let assertion = award(random, &issuer, &class, number, entry);
        let mut tx = store.begin(&account);
        stage(&mut tx, &assertion);
        tx.commit().await?;
        made.push(assertion);
    }
    Ok(made)
}

/// A store with awards in it, as a clean end and as a kill leave it.
struct Images {
    _directory: tempfile::TempDir,
    clean: PathBuf,
    killed: PathBuf,
    awards: Vec<Assertion>,
}

fn images() -> Images {
    let directory = tempfile::tempdir().unwrap();
    let (clean, killed) = (directory.path().join("clean"), directory.path().join("killed"));
    let store = open(&clean).unwrap();
    let random = Random::seeded(5);
    let mut awards = runtime().block_on(fill(&store, &random, AWARDS)).unwrap();
    drop(store);
    // Opened once more, so that sled has a snapshot and a part of the log behind it.
    let store = open(&clean).unwrap();
    awards.extend(runtime().block_on(fill(&store, &random, 50)).unwrap());
    copy(&clean, &killed);
    drop(store);
    Images { _directory: directory, clean, killed, awards }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What became of a damaged store.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It did not open, and said this.
    Refused(String),
    /// It opened; some records are not served, and the check names the damage.
    Named,
    /// It opened, and everything is there.
    Whole,
}

/// Opens a store, reads everything that was acknowledged, and checks it in full.
fn examine(directory: &Path, awards: &[Assertion]) -> Outcome {
    let store = match open(directory) {
        Ok(store) => store,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let account = account();
    let unread = runtime().block_on(async {
        let mut unread = 0;
        for expected in awards {
            match store.assertion(&account, &expected.id).await {
                Ok(Some(found)) => assert_eq!(found.value, *expected, "another award is served"),
                Ok(None) => panic!("{} is silently gone", expected.id),
                Err(StoreError::Damaged { .. } | StoreError::Unreadable { .. }) => unread += 1,
                Err(other) => panic!("{other}"),
            }
            match store.form(&account, &expected.id, FormKind::Ob3).await {
                Ok(found) => assert_eq!(found, Some(form(expected)), "another form is served"),
                Err(StoreError::Damaged { .. } | StoreError::Unreadable { .. }) => unread += 1,
                Err(other) => panic!("{other}"),
            }
        }
        unread
    });
    let progress = CheckProgress::default();
    store.backend().check(&progress);
    let report = progress.report();
    assert!(unread == 0 || !report.is_sound(), "the check overlooked {unread} unread records");
    if unread == 0 && report.is_sound() { Outcome::Whole } else { Outcome::Named }
}

/// As [`examine`], but a store that hangs fails the test instead of hanging it.
fn examine_in_time(directory: &Path, awards: &[Assertion], what: &str) -> Outcome {
    let (done, outcome) = mpsc::channel();
    let (directory, awards) = (directory.to_path_buf(), awards.to_vec());
    let thread = std::thread::spawn(move || {
        let _ = done.send(examine(&directory, &awards));
    });
    match outcome.recv_timeout(Duration::from_secs(30)) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what}: hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let payload = thread.join().unwrap_err();
            let text = payload.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("{what}: {text}")
        }
    }
}

/// Changes the data file in one way, drawn at random; says which.
fn damage(data: &Path, random: &Random) -> String {
    let mut bytes = fs::read(data).unwrap();
    let length = u64::try_from(bytes.len()).unwrap();
    let at = usize::try_from(u64::from_be_bytes(random.bytes()) % length).unwrap();
    let [kind, bit]: [u8; 2] = random.bytes();
    let what = match kind % 3 {
        0 => {
            bytes[at] ^= 1 << (bit % 8);
            format!("bit {} of byte {at} flipped", bit % 8)
        }
        1 => {
            let page = at / 4096 * 4096;
            let end = bytes.len().min(page + 4096);
            bytes[page..end].fill(0);
            format!("bytes {page} to {end} zeroed")
        }
        _ => {
            bytes.truncate(at);
            format!("cut to {at} of {length} bytes")
        }
    };
    fs::write(data, bytes).unwrap();
    what
}

#[test]
fn a_damaged_data_file_is_refused_or_its_damage_named_or_it_does_no_harm() {
    let rounds = if everything() { 300 } else { 24 };
    let images = images();
    let random = Random::seeded(11);
    let (mut refused, mut named, mut whole) = (0, 0, 0);
    for round in 0..rounds {
        let image = if round % 2 == 0 { &images.clean } else { &images.killed };
        let directory = tempfile::tempdir().unwrap();
        copy(image, directory.path());
        let what = damage(&directory.path().join("store/sled/db"), &random);
        match examine_in_time(directory.path(), &images.awards, &format!("{round}: {what}")) {
            Outcome::Refused(_) => refused += 1,
            Outcome::Named => named += 1,
            Outcome::Whole => whole += 1,
        }
    }
    say(format!(
        "store: {rounds} damaged files: {refused} refused, {named} opened with damage named, {whole} unharmed"
    ));
    assert!(refused > 0, "no damage was ever noticed at opening");
}

#[test]
fn an_undamaged_copy_is_whole() {
    let images = images();
    assert_eq!(examine(&images.clean, &images.awards), Outcome::Whole);
    assert_eq!(examine(&images.killed, &images.awards), Outcome::Whole);
}

#[test]
fn a_damaged_or_missing_snapshot_is_rebuilt_from_the_log() {
    let images = images();
    for fault in ["cut", "flipped", "missing"] {
        let directory = tempfile::tempdir().unwrap();
        copy(&images.killed, directory.path());
        let mut found = 0;
        for entry in fs::read_dir(directory.path().join("store/sled")).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("snap.") {
                found += 1;
                let mut bytes = fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                match fault {
                    "cut" => bytes.truncate(middle),
                    "flipped" => bytes[middle] ^= 4,
                    _ => {
                        fs::remove_file(&path).unwrap();
                        continue;
                    }
                }
                fs::write(path, bytes).unwrap();
            }
        }
        assert!(found > 0, "no snapshot to damage");
        let outcome = examine_in_time(directory.path(), &images.awards, fault);
        assert_eq!(outcome, Outcome::Whole, "snapshot {fault}");
    }
}

#[test]
fn files_beside_the_data_are_missed_or_doubted_by_name() {
    let images = images();
    let fault = |change: &dyn Fn(&Path)| {
        let directory = tempfile::tempdir().unwrap();
        copy(&images.killed, directory.path());
        change(&directory.path().join("store"));
        examine_in_time(directory.path(), &images.awards, "files beside")
    };
    let refused = |outcome: Outcome, says: &str| match outcome {
        Outcome::Refused(text) => assert!(text.contains(says), "{text:?} does not say {says:?}"),
        other => panic!("{other:?} instead of {says:?}"),
    };

    refused(fault(&|store| fs::remove_file(store.join("sled/db")).unwrap()), "sled/db is missing");
    refused(fault(&|store| fs::write(store.join("sled/db"), b"").unwrap()), "is damaged");
    refused(
        fault(&|store| fs::write(store.join("format"), "accolade store\n9\nx\n").unwrap()),
        "store format 9, this program reads format 1",
    );
    refused(fault(&|store| fs::write(store.join("format"), b"\xff\xfe").unwrap()), "which format");
    refused(
        fault(&|store| fs::write(store.join("format"), "accolade store\n1\nx\n").unwrap()),
        "belongs to another store",
    );
    refused(
        fault(&|store| fs::write(store.join("sled/conf"), "segment_size: 4\nxxxx").unwrap()),
        "",
    );
    assert_eq!(fault(&|store| fs::remove_file(store.join("format")).unwrap()), Outcome::Whole);
    assert_eq!(fault(&|store| fs::remove_file(store.join("recent")).unwrap()), Outcome::Whole);
    assert_eq!(fault(&|store| fs::write(store.join("recent"), "noise").unwrap()), Outcome::Whole);

    // An older copy of the data with the notes of today: what was acknowledged since is missing.
    let older = tempfile::tempdir().unwrap();
    let store = open(older.path()).unwrap();
    runtime().block_on(fill(&store, &Random::seeded(5), 3)).unwrap();
    copy(&older.path().join("store/sled"), &older.path().join("aside"));
    runtime().block_on(fill(&store, &Random::seeded(6), 3)).unwrap();
    drop(store);
    fs::remove_dir_all(older.path().join("store/sled")).unwrap();
    copy(&older.path().join("aside"), &older.path().join("store/sled"));
    let refusal = open(older.path()).unwrap_err();
    assert!(refusal.to_string().contains("is an older copy"), "{refusal}");
}

#[test]
fn a_directory_that_is_no_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), b"").unwrap();
    let under_a_file = Options::new(directory.path().join("file/store"));
    let blobs = directory.path().join("blobs");
    let refusal = Store::open_with(&under_a_file, &blobs, &Random::seeded(1)).unwrap_err();
    assert!(matches!(refusal, OpenError::NotAStore { .. }), "{refusal}");

    let forbidden = Options::new("/sys/accolade-store");
    let refusal = Store::open_with(&forbidden, &blobs, &Random::seeded(1)).unwrap_err();
    let clear = matches!(refusal, OpenError::Permission { .. } | OpenError::ReadOnly { .. });
    assert!(clear, "{refusal}");
}

#[test]
fn a_second_process_is_told_who_holds_the_store_and_the_first_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let text = other_process("opening_process", directory.path(), None);
    let says = format!("in use by another process (process {})", std::process::id());
    assert!(text.contains(&says), "{text}");
    runtime().block_on(fill(&store, &Random::seeded(7), 2)).unwrap();
}

#[test]
fn a_read_only_file_system_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let Some(mount) = own_mount("-o ro,size=16m", directory.path()) else { return };
    let text = other_process("opening_process", directory.path(), Some(mount));
    assert!(text.contains("read-only file system"), "{text}");
}

#[test]
fn a_full_disk_refuses_writes_serves_reads_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let Some(mount) = own_mount("-o size=40m", directory.path()) else { return };
    let text = other_process("filling_process", directory.path(), Some(mount));
    assert!(text.contains("all of it held"), "{text}");
}

#[test]
fn a_write_that_fails_midway_stops_the_store_and_nothing_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    // A file-size limit of 6 MiB; the signal that comes with it is ignored, so writing fails.
    let limited = "trap '' XFSZ; ulimit -f 6144; exec \"$@\"".to_owned();
    let text = other_process("limited_process", directory.path(), Some(limited));
    let acknowledged: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("ack ")).collect();
    assert!(text.contains("stopped as it should"), "{text}");
    assert!(acknowledged.len() > 10, "{text}");
    let store = open(directory.path()).unwrap();
    runtime().block_on(async {
        for id in &acknowledged {
            assert!(store.owner_of(id).await.unwrap().is_some(), "{id} lost");
        }
        fill(&store, &Random::seeded(8), 3).await.unwrap();
    });
}

/// A shell prologue that gives the process a small file system of its own at `directory`; `None`
/// where the system does not let us.
fn own_mount(options: &str, directory: &Path) -> Option<String> {
    let works = Command::new("unshare")
        .args([
            "-rm",
            "sh",
            "-c",
            &format!("mount -t tmpfs {options} none {}", directory.display()),
        ])
        .output()
        .is_ok_and(|output| output.status.success());
    let name = "user and mount namespaces (unshare -rm)";
    component(name, works.then_some(()))?;
    Some(format!("mount -t tmpfs {options} none {} && exec \"$@\"", directory.display()))
}

/// Runs one of the processes below, inside `shell` if given; gives what it printed.
fn other_process(name: &str, directory: &Path, shell: Option<String>) -> String {
    let program = std::env::current_exe().unwrap();
    let test = format!("store_damage::{name}");
    let arguments = [test.as_str(), "--exact", "--ignored", "--nocapture"];
    let mut command = match shell {
        None => Command::new(&program),
        Some(script) => {
            let mut command = if script.starts_with("mount") {
                let mut command = Command::new("unshare");
                command.args(["-rm", "sh"]);
                command
            } else {
                Command::new("sh")
            };
            command.args(["-c", &script, "sh"]).arg(&program);
            command
        }
    };
    let output = command.args(arguments).env("ACCOLADE_TEST_STORE", directory).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn handed_directory() -> Option<PathBuf> {
    std::env::var_os("ACCOLADE_TEST_STORE").map(PathBuf::from)
}

#[test]
#[ignore = "a process that the other tests here start"]
fn opening_process() {
    let Some(directory) = handed_directory() else { return };
    println!("{}", open(&directory).unwrap_err());
}

#[test]
#[ignore = "a process that the other tests here start"]
fn limited_process() {
    let Some(directory) = handed_directory() else { return };
    let store = open(&directory).unwrap();
    let random = Random::system();
    runtime().block_on(async {
        let first = fill(&store, &random, 1).await.unwrap().remove(0);
        loop {
            match fill(&store, &random, 1).await {
                Ok(made) => println!("ack {}", made[0].id),
                Err(StoreError::InDoubt { .. }) => break,
                Err(other) => panic!("{other}"),
            }
        }
        let refused = fill(&store, &random, 1).await.unwrap_err();
        assert!(matches!(refused, StoreError::Stopped { .. }), "{refused}");
        assert!(store.backend().stopped().is_some());
        match store.assertion(&account(), &first.id).await {
            Ok(found) => assert_eq!(found.unwrap().value, first),
            // sled may need to write before it can read a page that changed last.
            Err(StoreError::Unreadable { .. } | StoreError::InDoubt { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    });
    println!("stopped as it should");
}

#[test]
#[ignore = "a process that the other tests here start"]
fn filling_process() {
    let Some(directory) = handed_directory() else { return };
    let options = Options {
        reserve_bytes: 6 << 20,
        ballast_bytes: 8 << 20,
        ..Options::new(directory.join("store"))
    };
    let random = Random::system();
    let open = || Store::open_with(&options, &directory.join("blobs"), &random);
    let all_there = async |store: &Store, made: &[Assertion]| {
        for expected in made {
            let found = store.assertion(&account(), &expected.id).await.unwrap();
            assert_eq!(found.unwrap().value, *expected);
        }
    };
    runtime().block_on(async {
        let store = open().unwrap();
        let filler = directory.join("filler");
        fs::write(&filler, vec![1; 8 << 20]).unwrap();
        let mut made = Vec::new();
        let refusal = loop {
            match fill(&store, &random, 20).await {
                Ok(more) => made.extend(more),
                Err(refusal) => break refusal,
            }
        };
        assert!(matches!(refusal, StoreError::Full { .. }), "{refusal}");
        assert!(store.backend().stopped().is_none(), "full is no failure");
        all_there(&store, &made).await;

        // Room comes back: so do writes, without a restart.
        fs::remove_file(&filler).unwrap();
        made.extend(fill(&store, &random, 20).await.unwrap());

        // Somebody else takes all the room, to the last byte; the store is closed and opened.
        let mut rest = fs::File::create(&filler).unwrap();
        while std::io::Write::write_all(&mut rest, &[1; 4096]).is_ok() {}
        drop(store);
        assert!(directory.join("store/ballast").exists());
        let store = open().unwrap();
        assert!(!directory.join("store/ballast").exists(), "the ballast gave way");
        all_there(&store, &made).await;
        fs::remove_file(&filler).unwrap();
        made.extend(fill(&store, &random, 20).await.unwrap());
        all_there(&store, &made).await;
        println!("{} awards, all of it held", made.len());
    });
}
