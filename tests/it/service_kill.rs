//! The service is killed in the middle of minting over HTTP, again and again: every award it
//! acknowledged is there and whole, a request sent again mints nothing twice, no status index is
//! given twice, and it opens again by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{binary, request};
use crate::require::{everything, say};

const WRITERS: usize = 4;

struct Running {
    child: Child,
    base: String,
    ready_after: Duration,
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null());
    command.env("ACCOLADE_LIMITS_ENABLED", "false").env("ACCOLADE_LOG", "error");
    command
}

impl Running {
    fn start(data: &Path) -> Self {
        let started = Instant::now();
        let url = "https://badges.example.org";
        let serve = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url", url];
        let mut child = command(data, &serve).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let base = ready["baseUrl"].as_str().unwrap().to_owned();
        Self { child, base, ready_after: started.elapsed() }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn post(&self, token: &str, path: &str, key: &str, body: &Value) -> Option<Value> {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", &*bearer),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
        ];
        let url = format!("{}{path}", self.base);
        let answer = request(&url, "POST", &headers, body.to_string().as_bytes()).ok()?;
        assert_eq!(answer.status, 201, "POST {path}: {}", answer.text());
        Some(serde_json::from_slice(&answer.body).unwrap())
    }

    fn get(&self, token: &str, path: &str) -> Value {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", &*bearer), ("Accept", "application/json")];
        let answer = request(&format!("{}{path}", self.base), "GET", &headers, &[]).unwrap();
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// How many awards the account has.
    fn count(&self, token: &str) -> usize {
        let (mut count, mut query) = (0, "limit=1000".to_owned());
        loop {
            let page = self.get(token, &format!("/v1/assertions?{query}"));
            count += page["data"].as_array().unwrap().len();
            match page["nextCursor"].as_str() {
                Some(cursor) => query = format!("limit=1000&cursor={cursor}"),
                None => return count,
            }
        }
    }

    /// Every award that the account has, by external id.
    fn awards(&self, token: &str) -> BTreeMap<String, String> {
        let mut awards = BTreeMap::new();
        let mut query = "limit=1000".to_owned();
        loop {
            let page = self.get(token, &format!("/v1/assertions?{query}"));
            for award in page["data"].as_array().unwrap() {
                let (id, external) = (award["id"].as_str(), award["externalId"].as_str());
                let twice = awards.insert(external.unwrap().to_owned(), id.unwrap().to_owned());
                assert_eq!(twice, None, "{external:?} was minted twice");
            }
            match page["nextCursor"].as_str() {
                Some(cursor) => query = format!("limit=1000&cursor={cursor}"),
                None => return awards,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A data directory with a badge class: a token for everything, and the id of the class.
fn prepared(data: &Path) -> (String, String) {
    let made = command(data, &["tokens", "create", "--json"]).output().unwrap();
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let token = made["token"].as_str().unwrap().to_owned();
    let service = Running::start(data);
    let profile = json!({
        "name": "River Teachers", "url": "https://river.example.org/",
        "email": "badges@river.example.org"
    });
    let issuer = service.post(&token, "/v1/issuers", "issuer", &profile).unwrap();
    let class = json!({
        "issuer": issuer["id"], "name": "Facilitator", "description": "Leads meetings.",
        "criteria": {"narrative": "Lead one."}
    });
    let class = service.post(&token, "/v1/badge-classes", "class", &class).unwrap();
    service.kill();
    (token, class["id"].as_str().unwrap().to_owned())
}

#[test]
fn nothing_that_the_service_acknowledged_is_lost_when_it_is_killed() {
    let cycles = if everything() { 50 } else { 3 };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (token, class) = prepared(data);
    let token = token.as_str();
    let body = |external: &str| {
        json!({
            "badgeClass": class, "externalId": external, "visibility": "public",
            "recipient": {"email": "zoe@example.org"}
        })
    };

    let acknowledged: Mutex<BTreeMap<String, String>> = Mutex::default();
    let unanswered: Mutex<Vec<String>> = Mutex::default();
    let mut starts = Vec::new();
    for cycle in 0..cycles {
        let service = Running::start(data);
        starts.push(service.ready_after);
        // What was cut off is sent again with the same key: the same award, or one at last.
        for external in unanswered.lock().unwrap().drain(..) {
            let award = service.post(token, "/v1/assertions", &external, &body(&external)).unwrap();
            let id = award["id"].as_str().unwrap().to_owned();
            acknowledged.lock().unwrap().insert(external, id);
        }
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (service, acknowledged, unanswered) = (&service, &acknowledged, &unanswered);
                let body = &body;
                scope.spawn(move || {
                    for number in 0.. {
                        let external = format!("{cycle}-{writer}-{number}");
                        let path = "/v1/assertions";
                        let Some(award) = service.post(token, path, &external, &body(&external))
                        else {
                            unanswered.lock().unwrap().push(external);
                            return;
                        };
                        let id = award["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().insert(external, id);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(200 + 7 * cycle));
            let pid = service.child.id().to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        });
    }

    let service = Running::start(data);
    let kept = service.awards(token);
    let acknowledged = acknowledged.into_inner().unwrap();
    for (external, id) in &acknowledged {
        assert_eq!(kept.get(external), Some(id), "{external} was acknowledged");
    }
    let ids: BTreeSet<&String> = kept.values().collect();
    assert_eq!(ids.len(), kept.len(), "an id was given twice");
    let mut places = BTreeSet::new();
    for id in kept.values() {
        let credential = service.get(token, &format!("/b/{id}.json"));
        let status = &credential["credentialStatus"];
        let place =
            (status["statusListCredential"].to_string(), status["statusListIndex"].to_string());
        assert!(places.insert(place), "{id}: its status index was given before");
    }
    assert!(acknowledged.len() > WRITERS, "the writers hardly wrote");
    starts.sort_unstable();
    say(format!(
        "service: {cycles} kills, {} awards acknowledged, {} kept, none lost or twice; ready after {:?} in the middle, {:?} at most",
        acknowledged.len(),
        kept.len(),
        starts[starts.len() / 2],
        starts[starts.len() - 1],
    ));
    // The fastest tells what a start after a kill takes, whatever else the machine does meanwhile.
    assert!(starts[0] < Duration::from_secs(2), "the fastest start took {:?}", starts[0]);
}

/// Clients that send every request ten times at once, each until it has its answer, whatever happens
/// to the service meanwhile.
#[test]
fn a_key_gives_one_badge_however_often_it_is_sent_and_whenever_the_service_is_killed() {
    const SENDERS: usize = 10;
    let (keys, kills) = if everything() { (1_000, 5) } else { (30, 1) };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (token, class) = prepared(data);
    let service = Mutex::new(Running::start(data));
    let given: Mutex<BTreeMap<usize, BTreeSet<String>>> = Mutex::default();
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let send = || {
            for key in 0..keys {
                let body = json!({
                    "badgeClass": class, "recipient": {"email": format!("t{key}@example.org")}
                });
                let id = insist(&service, &token, &format!("key-{key}"), &body);
                given.lock().unwrap().entry(key).or_default().insert(id);
                answered.fetch_add(1, Ordering::SeqCst);
            }
        };
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        for kill in 1..=kills {
            let due = keys * SENDERS * kill / (kills + 1);
            let all_ended = || senders.iter().all(|sender| sender.is_finished());
            while answered.load(Ordering::SeqCst) < due && !all_ended() {
                std::thread::sleep(Duration::from_millis(1));
            }
            let pid = service.lock().unwrap().child.id().to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
            // The dead one first: it holds the store until it is gone.
            let mut place = service.lock().unwrap();
            place.child.wait().unwrap();
            *place = Running::start(data);
        }
    });
    let given = given.into_inner().unwrap();
    assert_eq!(given.len(), keys);
    for (key, ids) in &given {
        assert_eq!(ids.len(), 1, "key {key} gave {ids:?}");
    }
    let minted = service.into_inner().unwrap().count(&token);
    assert_eq!(minted, keys, "a badge that no key accounts for");
    say(format!("idempotency: {keys} keys, {SENDERS} times each, {kills} kills, {minted} badges"));
}

/// Sends until there is an answer, and gives the id of the award in it.
fn insist(service: &Mutex<Running>, token: &str, key: &str, body: &Value) -> String {
    loop {
        let url = format!("{}/v1/assertions", service.lock().unwrap().base);
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", &*bearer),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
        ];
        // Cut off, or not listening: again, with the same key.
        let Ok(answer) = request(&url, "POST", &headers, body.to_string().as_bytes()) else {
            continue;
        };
        match answer.status {
            201 => {
                let award: Value = serde_json::from_slice(&answer.body).unwrap();
                return award["id"].as_str().unwrap().to_owned();
            }
            // Another one with this key is in flight.
            409 => std::thread::sleep(Duration::from_millis(1)),
            status => panic!("{key}: {status} {}", answer.text()),
        }
    }
}
