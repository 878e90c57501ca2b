//! The command line as a person or a script meets it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

fn accolade(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(crate::process::binary());
    command.args(arguments).current_dir(folder).env_remove("ACCOLADE_REQUIRE");
    command
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    accolade(arguments, folder).stdin(Stdio::null()).output().expect("it runs")
}

#[track_caller]
fn done(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[track_caller]
fn json(arguments: &[&str], folder: &Path) -> Value {
    let text = done(arguments, folder);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A service in the background, stopped when it goes out of sight.
pub(crate) struct Service {
    child: Child,
    ready: Value,
}

impl Service {
    pub(crate) fn start(arguments: &[&str], folder: &Path) -> Self {
        let mut child = accolade(arguments, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { child, ready }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn settings_are_shown_and_unknown_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), "[limits]\nbody_bytes = 77\n").unwrap();
    let shown = json(&["config", "--config", "a.toml", "--json"], folder.path());
    assert_eq!(shown["limits"]["body_bytes"], 77);
    std::fs::write(folder.path().join("b.toml"), "[limits]\nbody_byte = 77\n").unwrap();
    let refused = run(&["config", "--config", "b.toml"], folder.path());
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("body_byte"));
}

#[test]
fn tokens_are_the_same_whether_the_service_runs_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let made = json(&["tokens", "create", "--label", "one", "--json"], here);
    assert!(made["token"].as_str().unwrap().starts_with("acc_"));
    let before = json(&["tokens", "list", "--json"], here);
    assert_eq!(before[0]["label"], "one");
    assert!(before[0]["token"].is_null());

    let service = Service::start(&["serve", "--listen", "127.0.0.1:0", "--json"], here);
    assert_eq!(service.ready["baseUrl"].as_str(), service.ready["publicUrl"].as_str());
    let during = json(&["tokens", "list", "--json"], here);
    assert_eq!(during, before);
    let second = json(&["tokens", "create", "--scope", "assertions:read", "--json"], here);
    assert_eq!(second["account"], made["account"]);
    let id = made["id"].as_str().unwrap();
    let revoked = json(&["tokens", "revoke", id, "--json"], here);
    assert!(revoked["revokedAt"].is_string());
    drop(service);

    let after = json(&["tokens", "list", "--json"], here);
    assert_eq!(after.as_array().unwrap().len(), 2);
    let refused = run(&["tokens", "create", "--scope", "everything"], here);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("everything"));
}

#[test]
fn an_issuer_gets_another_key_whether_the_service_runs_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let service = Service::start(&["demo", "--listen", "127.0.0.1:0", "--json"], here);
    let keys = json(&["keys", "list", "--json"], here);
    let slug = keys[1]["owner"].as_str().unwrap();
    let during = json(&["keys", "add", slug, "--type", "p256", "--json"], here);
    assert_eq!(during["type"], "p256");
    drop(service);
    let after = json(&["keys", "add", slug, "--type", "p256", "--json"], here);
    assert_eq!(after["number"].as_u64(), during["number"].as_u64().map(|number| number + 1));
    assert!(after["publicKeyJwk"]["d"].is_null());
    let listed = json(&["keys", "list", "--json"], here);
    assert_eq!(listed.as_array().unwrap().len(), keys.as_array().unwrap().len() + 2);
    for wrong in [["nobody", "p256"], [slug, "p384"], [slug, "ed25519"]] {
        let refused = run(&["keys", "add", wrong[0], "--type", wrong[1]], here);
        assert_eq!(refused.status.code(), Some(1), "{wrong:?}");
    }
}

#[test]
fn a_stolen_key_is_replaced_and_its_awards_signed_anew_from_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let public = ["--public-url", "https://badges.example.org"];
    let demo = ["demo", "--listen", "127.0.0.1:0", "--json"];
    let service = Service::start(&[&demo[..], &public[..]].concat(), here);
    let listed = json(&["keys", "list", "--json"], here);
    let slug = listed[1]["owner"].as_str().unwrap();
    let number = listed[1]["number"].to_string();
    let refused = run(&["keys", "retire", slug, &number, "--reason", "rotation"], here);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("key first"));
    let early = run(&["keys", "resign", slug, &number], here);
    assert!(String::from_utf8_lossy(&early.stderr).contains("still signs"));
    let why = ["--reason", "laptop stolen", "--json"];
    let stolen = json(&[&["keys", "compromise", slug, &number], &why[..]].concat(), here);
    assert_eq!(stolen["life"], "compromised");
    let page = json(&["keys", "awards", slug, &number, "--limit", "1", "--json"], here);
    assert_eq!(page["data"][0]["forms"][0], "ob3");
    let next = page["nextCursor"].as_str().unwrap();
    let more = done(&["keys", "awards", slug, &number, "--cursor", next], here);
    let touched = 1 + more.lines().filter(|line| line.starts_with("as_")).count();
    assert!(touched > 1, "{more}");
    drop(service);

    // The rest while no service runs.
    let resigned = json(&["keys", "resign", slug, &number, "--json"], here);
    assert_eq!(resigned["resigned"].as_u64(), u64::try_from(touched).ok(), "{resigned}");
    let again = done(&["keys", "resign", slug, stolen["id"].as_str().unwrap()], here);
    assert_eq!(again, "0 awards were signed anew.\n");
    let after = done(&["keys", "awards", slug, &number], here);
    assert_eq!(after.matches("signed anew").count(), touched, "{after}");
    json(&["keys", "add", slug, "--type", "rsa", "--json"], here);
    let rsa = listed[2]["number"].to_string();
    let retired = done(&["keys", "retire", slug, &rsa, "--reason", "rotation"], here);
    assert!(retired.contains("retired"), "{retired}");
}

#[test]
fn metrics_stand_on_the_admin_address_alone() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    std::fs::write(folder.path().join("a.toml"), format!("[server]\nadmin_listen = \"{admin}\"\n"))
        .unwrap();
    let start = ["serve", "--config", "a.toml", "--listen", "127.0.0.1:0", "--json"];
    let service = Service::start(&start, folder.path());
    let base = service.ready["baseUrl"].as_str().unwrap();
    let get = |url: &str| crate::process::request(url, "GET", &[], b"").unwrap();
    assert_eq!(get(&format!("{base}/metrics")).status, 404);
    assert_eq!(get(&format!("{base}/livez")).status, 200);
    assert_eq!(get(&format!("http://{admin}/readyz")).status, 200);
    let metrics = get(&format!("http://{admin}/metrics"));
    assert!(metrics.headers["content-type"].starts_with("application/openmetrics-text"));
    let line = "accolade_requests_total{method=\"GET\",route=\"/livez\",status=\"200\"} 1";
    assert!(metrics.text().contains(line), "{}", metrics.text());
    assert_eq!(get(&format!("http://{admin}/v1/issuers")).status, 404);
}

#[test]
fn the_socket_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&["serve", "--listen", "127.0.0.1:0", "--json"], folder.path());
    // The first order that is answered says that the socket is there.
    done(&["tokens", "list"], folder.path());
    let socket = folder.path().join("accolade-data/admin.sock");
    let mode = std::fs::metadata(socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(service);
}

#[test]
fn a_second_start_is_the_same_service_and_another_url_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let start = ["serve", "--listen", "127.0.0.1:0", "--json", "--public-url"];
    let first = [&start[..], &["https://one.example"]].concat();
    assert_eq!(Service::start(&first, here).ready["publicUrl"], "https://one.example");
    let other = [&start[..], &["https://two.example"]].concat();
    let refused = run(&other, here);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--adopt-public-url"));
    assert_eq!(Service::start(&start[..4], here).ready["publicUrl"], "https://one.example");
    let adopted = [&other[..], &["--adopt-public-url"]].concat();
    assert_eq!(Service::start(&adopted, here).ready["publicUrl"], "https://two.example");
}

#[test]
fn the_store_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    done(&["tokens", "create"], folder.path());
    let report = json(&["store", "check", "--json"], folder.path());
    assert_eq!(report["isSound"], true);
    assert!(report["sound"].as_u64().unwrap() > 0);
}

#[test]
fn a_badge_goes_into_an_image_and_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let credential = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:x"}"#;
    std::fs::write(here.join("c.json"), credential).unwrap();
    let svg =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>"#;
    std::fs::write(here.join("a.svg"), svg).unwrap();
    done(&["bake", "c.json", "a.svg", "--out", "b.svg"], here);
    let out = json(&["unbake", "b.svg", "--json"], here);
    assert_eq!(out["version"], "3");
    assert_eq!(out["kind"], "json");
    let value: Value = serde_json::from_str(&done(&["unbake", "b.svg"], here)).unwrap();
    assert_eq!(value["id"], "urn:x");
    let nothing = run(&["unbake", "a.svg"], here);
    assert_eq!(nothing.status.code(), Some(1));
}

#[test]
fn canonical_forms_are_printed_or_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("a.nq"), "_:x <urn:p> \"v\" .\n").unwrap();
    assert_eq!(done(&["canonicalize", "a.nq"], here), "_:c14n0 <urn:p> \"v\" .\n");
    std::fs::write(here.join("empty"), "").unwrap();
    assert_eq!(done(&["canonicalize", "empty"], here), "");
    std::fs::write(here.join("j.json"), "{\"b\":1.0,\"a\":\"é\"}").unwrap();
    assert_eq!(done(&["canonicalize", "--jcs", "j.json"], here), "{\"a\":\"é\",\"b\":1}");
    let hash = done(&["canonicalize", "--hash", "empty"], here);
    assert!(hash.starts_with("e3b0c44298fc1c14"), "{hash}");
    let undefined = r#"{"@context":{"a":"urn:a"},"a":"1","b":"2"}"#;
    std::fs::write(here.join("u.json"), undefined).unwrap();
    let refused = run(&["canonicalize", "u.json"], here);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("/b"));
    assert_eq!(done(&["canonicalize", "--no-safe", "u.json"], here), "_:c14n0 <urn:a> \"1\" .\n");
}

/// Runs a command that reads `input` from its standard input.
fn run_with(arguments: &[&str], input: &[u8], folder: &Path) -> Output {
    let mut child = accolade(arguments, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("its input").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends")
}

#[test]
fn canonicalize_tells_json_ld_from_nquads_by_how_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let document = r#"{"@context":{"a":"urn:a"},"@id":"urn:s","a":"1"}"#;
    let quad = "<urn:s> <urn:a> \"1\" .\n";
    for before in ["", " \t\r\n\n", "\u{feff}", "\u{feff}\n "] {
        for json in [document.to_owned(), format!("[{document}]")] {
            let output =
                run_with(&["canonicalize", "-"], format!("{before}{json}").as_bytes(), here);
            assert_eq!(String::from_utf8_lossy(&output.stdout), quad, "{before:?}{json}");
        }
        let output = run_with(&["canonicalize", "-"], format!("{before}{quad}").as_bytes(), here);
        assert_eq!(String::from_utf8_lossy(&output.stdout), quad, "{before:?}");
    }
    for nothing in ["", "\n", " \n# only a comment\n"] {
        let output = run_with(&["canonicalize", "-"], nothing.as_bytes(), here);
        assert!(output.status.success() && output.stdout.is_empty(), "{nothing:?}");
    }
}

#[test]
fn canonicalize_hashes_with_the_algorithm_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = "{\"b\":1.0,\"a\":\"é\"}";
    std::fs::write(here.join("j.json"), text).unwrap();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let canonical = "{\"a\":\"é\",\"b\":1}";
    for (arguments, expected) in [
        (&["--jcs", "--hash"][..], hex(&Sha256::digest(canonical))),
        (&["--jcs", "--hash", "--algorithm", "sha256"], hex(&Sha256::digest(canonical))),
        (&["--jcs", "--hash", "--algorithm", "sha384"], hex(&Sha384::digest(canonical))),
    ] {
        let command = [&["canonicalize", "j.json"], arguments].concat();
        assert_eq!(done(&command, here), format!("{expected}\n"), "{arguments:?}");
    }
    // The digest decides inside RDFC-1.0 too: these four nodes come in another order.
    let quads: String = (1..5).map(|at| format!("_:n{at} <p:x> \"{at}\" .\n")).collect();
    std::fs::write(here.join("q.nq"), quads).unwrap();
    let sha256 = done(&["canonicalize", "q.nq"], here);
    let sha384 = done(&["canonicalize", "--algorithm", "sha384", "q.nq"], here);
    assert_ne!(sha256, sha384);
    assert_eq!(
        done(&["canonicalize", "--algorithm", "sha384", "--hash", "q.nq"], here),
        format!("{}\n", hex(&Sha384::digest(sha384)))
    );
    let wrong = run(&["canonicalize", "--algorithm", "md5", "q.nq"], here);
    assert_eq!(wrong.status.code(), Some(2), "wrong usage");
}

#[test]
fn canonicalize_knows_the_contexts_of_a_folder_by_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("known")).unwrap();
    std::fs::write(here.join("known/c.json"), r#"{"@context":{"a":"urn:a"}}"#).unwrap();
    let document = r#"{"@context":"https://c.example/v1","@id":"urn:s","a":"1"}"#;
    std::fs::write(here.join("d.json"), document).unwrap();
    let unknown = run(&["canonicalize", "d.json"], here);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("https://c.example/v1"));

    let command = ["canonicalize", "--contexts", "known", "d.json"];
    let missing = run(&command, here);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("manifest.json"));
    for manifest in [
        r#"{"https://c.example/v1": "c.json"}"#,
        r#"{"contexts": [{"url": "https://c.example/v1", "file": "c.json"}]}"#,
        r#"{"contexts": [{"url": "urn:c", "aliases": ["https://c.example/v1"], "file": "c.json"}]}"#,
    ] {
        std::fs::write(here.join("known/manifest.json"), manifest).unwrap();
        assert_eq!(done(&command, here), "<urn:s> <urn:a> \"1\" .\n", "{manifest}");
    }
    for (manifest, reason) in [
        (r#"{"https://c.example/v1": "none.json"}"#, "none.json"),
        (r#"{"https://c.example/v1": 7}"#, "manifest"),
        ("[", "manifest.json"),
    ] {
        std::fs::write(here.join("known/manifest.json"), manifest).unwrap();
        let refused = run(&command, here);
        assert_eq!(refused.status.code(), Some(1), "{manifest}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(reason) && refused.stdout.is_empty(), "{manifest}: {said}");
    }
}

#[test]
fn canonicalize_says_why_it_refuses_and_writes_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut clique = String::new();
    for (one, two) in (0..12).flat_map(|one| (0..12).map(move |two| (one, two))) {
        if one != two {
            clique.push_str(&format!("_:n{one} <urn:knows> _:n{two} .\n"));
        }
    }
    for (arguments, input, reason) in [
        (&[][..], &b"<urn:s> <urn:p> .\n"[..], "line 1"),
        (&[], b"<urn:s> <urn:p> <urn:o> .\n\xff", "utf-8"),
        (&[], br#"{"@context":{"a":"urn:a"},"a":"1","a":"2"}"#, "a"),
        (&[], br#"{"@context":{"a":"urn:a"},"a":"1","b":"2"}"#, "/b"),
        (&[], br#"{"@context":{"a":"urn:a"},"@id":"relative","a":"1"}"#, "relative"),
        (&["--no-safe"], br#"{"@context":{"a":{"@id":7}},"a":"1"}"#, "invalid IRI mapping"),
        (&["--no-safe"], b"{", "end"),
        (&["--jcs"], b"", "end"),
        (&["--jcs"], b"{\"a\":1e999}", "number"),
        (&["--hash"], clique.as_bytes(), "work"),
    ] {
        let command = [&["canonicalize", "-"], arguments].concat();
        let output = run_with(&command, input, here);
        let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
        let input = String::from_utf8_lossy(input);
        assert_eq!(output.status.code(), Some(1), "{arguments:?} {input}: {said}");
        assert!(said.contains(&reason.to_lowercase()), "{arguments:?} {input}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?} {input}");
    }
    let missing = run(&["canonicalize", "none.json"], here);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("none.json"));
}

/// Asks a service for something, in a few lines of HTTP.
fn fetch(url: &str, accept: &str) -> Vec<u8> {
    use std::io::Read as _;
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    let (authority, path) = rest.split_once('/').expect("a path");
    let mut stream = std::net::TcpStream::connect(authority).expect("a connection");
    let head = format!(
        "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let mut came = Vec::new();
    stream.read_to_end(&mut came).expect("it is answered");
    assert!(came.starts_with(b"HTTP/1.1 200"), "{url}: {}", String::from_utf8_lossy(&came));
    let end = came.windows(4).position(|window| window == b"\r\n\r\n").expect("a body") + 4;
    came.split_off(end)
}

#[test]
fn the_demo_shows_real_awards_that_verify_and_finds_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let start = ["demo", "--listen", "127.0.0.1:0", "--json"];
    let service = Service::start(&start, here);
    let ready = service.ready.clone();
    let base = ready["baseUrl"].as_str().unwrap();
    assert!(!base.ends_with('/') && ready["token"].as_str().unwrap().starts_with("acc_"));
    let first = &ready["awards"][0];
    let url = first["url"].as_str().unwrap();
    assert!(url.starts_with(base));

    let report = json(&["verify", url, "--json"], here);
    assert_eq!(report["verdict"], "valid");
    for what in ["alignment", "evidence", "results"] {
        assert!(!report["badge"][what].as_array().unwrap().is_empty(), "{what}");
    }
    for suffix in [".json", ".jwt", ".png", ".svg", ".json?v=2", ".jwt?v=2", ".png?v=2"] {
        std::fs::write(here.join("form"), fetch(&format!("{url}{suffix}"), "*/*")).unwrap();
        let verified = run(&["verify", "form"], here);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert_eq!(verified.status.code(), Some(0), "{suffix}: {said}");
    }
    let mail = std::fs::read_to_string(ready["mail"].as_str().unwrap()).unwrap();
    assert!(mail.contains(url) && mail.contains("<amara.okafor@schools.example.org>"), "{mail}");
    let gallery = ready["gallery"].as_array().unwrap();
    let mut states: Vec<&str> = gallery.iter().map(|g| g["state"].as_str().unwrap()).collect();
    states.dedup();
    assert_eq!(states, ["expired", "revoked", "suspended", "notYetValid", "altered"]);
    for shown in gallery {
        let named = shown["url"].as_str().or(shown["file"].as_str()).unwrap();
        assert_eq!(run(&["verify", named], here).status.code(), Some(1), "{shown}");
    }
    let page = fetch(url, "text/html");
    assert!(String::from_utf8_lossy(&page).contains("<html"));
    done(&["verify", url, "--save-dossier", "kept.json"], here);
    drop(service);
    kept_dossiers_are_judged_without_the_service(here, &report);

    let again = Service::start(&start, here).ready.clone();
    assert_eq!(again["baseUrl"], ready["baseUrl"], "the port it had before");
    assert_eq!(again["awards"], ready["awards"]);
    assert_eq!(again["gallery"], ready["gallery"]);
    assert_ne!(again["token"], ready["token"]);
}

/// `kept.json` is the dossier of a badge whose service has stopped.
fn kept_dossiers_are_judged_without_the_service(here: &Path, report: &Value) {
    let again = json(&["verify", "--dossier", "kept.json", "--json"], here);
    assert_eq!(again["verdict"], "valid", "{again:#}");
    assert_eq!(again["badge"], report["badge"]);
    let text = done(&["verify", "--dossier", "kept.json", "--lang", "es", "--trace"], here);
    assert!(text.starts_with("VÁLIDA\n") && text.contains("documentHash: "), "{text}");
    let strict = run(&["verify", "--dossier", "kept.json", "--policy", "strict"], here);
    assert_eq!(strict.status.code(), Some(2), "the issuer is on nobody's list");
    let kept = std::fs::read_to_string(here.join("kept.json")).unwrap();
    std::fs::write(
        here.join("damaged.json"),
        kept.replacen("VerifiableCredential", "VerifiableCredentiaL", 1),
    )
    .unwrap();
    for (arguments, code) in [
        (["verify", "--dossier", "damaged.json"], 1),
        (["verify", "--dossier", "nothing.json"], 1),
        (["verify", "--lang", "xx"], 2),
    ] {
        assert_eq!(run(&arguments, here).status.code(), Some(code), "{arguments:?}");
    }
    let both = ["verify", "kept.json", "--dossier", "kept.json"];
    assert_eq!(run(&both, here).status.code(), Some(2));
}

#[test]
fn a_folder_is_verified_file_by_file_and_the_worst_counts() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("badges")).unwrap();
    let empty = run(&["verify", "badges"], here);
    assert_eq!(empty.status.code(), Some(1));
    std::fs::write(here.join("badges/a.txt"), "no badge").unwrap();
    std::fs::write(here.join("badges/b.json"), "{\"type\":\"Assertion\"}").unwrap();
    let verified = run(&["verify", "badges", "--json"], here);
    assert_eq!(verified.status.code(), Some(1));
    let rows: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert!(rows[0]["error"].is_string());
    assert_eq!(rows[1]["report"]["verdict"], "invalid");
    let wrong = run(&["verify", "badges", "--policy", "lenient"], here);
    assert_eq!(wrong.status.code(), Some(2), "wrong usage");
}

#[test]
fn a_programme_is_imported_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/programme/teaching-matters.json");
    let first = json(&["import", file, "--json"], folder.path());
    assert_eq!(first["issuer"]["outcome"], "created");
    assert!(!first["badgeClasses"].as_array().unwrap().is_empty());
    let again = json(&["import", file, "--json"], folder.path());
    assert_eq!(again["issuer"]["outcome"], "unchanged");
    let keys = json(&["keys", "list", "--json"], folder.path());
    let kinds: Vec<&str> =
        keys.as_array().unwrap().iter().map(|key| key["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ed25519", "ed25519", "rsa"]);
    std::fs::write(folder.path().join("odd.json"), "{\"colour\":1}").unwrap();
    let refused = run(&["import", "odd.json"], folder.path());
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("colour"));
}

#[test]
fn accounts_are_made_shown_and_renamed_and_tokens_rotate() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    assert_eq!(json(&["accounts", "list", "--json"], here), serde_json::json!([]));
    let made = json(&["accounts", "create", "Lakeside", "--json"], here);
    let id = made["id"].as_str().unwrap();
    let renamed = json(&["accounts", "rename", id, "Lakeside Schools", "--json"], here);
    assert_eq!(renamed["name"], "Lakeside Schools");
    let token = json(&["tokens", "create", "--account", id, "--json"], here);
    let other = json(&["accounts", "create", "Hillside", "--json"], here);
    let elsewhere = ["tokens", "list", "--account", other["id"].as_str().unwrap(), "--json"];
    assert_eq!(json(&elsewhere, here), serde_json::json!([]));
    let shown = json(&["accounts", "show", id, "--json"], here);
    assert_eq!((&shown["tokens"], &shown["name"]), (&1.into(), &renamed["name"]));
    assert!(done(&["accounts", "list"], here).contains("Hillside"));

    let former = token["id"].as_str().unwrap();
    let next = json(&["tokens", "rotate", former, "--overlap", "0s", "--json"], here);
    assert_ne!(next["token"], token["token"]);
    assert_eq!(next["scopes"], token["scopes"]);
    let tokens = json(&["tokens", "list", "--account", id, "--json"], here);
    let states: Vec<(&str, &str)> = tokens
        .as_array()
        .unwrap()
        .iter()
        .map(|token| (token["id"].as_str().unwrap(), token["state"].as_str().unwrap()))
        .collect();
    assert!(states.contains(&(former, "expired")), "{states:?}");
    for (arguments, words) in [
        (&["tokens", "rotate", former][..], "expired"),
        (&["tokens", "rotate", next["id"].as_str().unwrap(), "--overlap", "soon"], "2h"),
        (&["accounts", "rename", id, " "], "empty"),
        (&["accounts", "show", "acct_0000000000000000000000"], "no account"),
    ] {
        let refused = run(arguments, here);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn the_trail_is_exported_and_what_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let made = json(&["tokens", "create", "--json"], here);
    for _ in 0..3 {
        done(&["tokens", "create", "--account", made["account"].as_str().unwrap()], here);
    }
    let verified = json(&["audit", "verify", "--json"], here);
    assert_eq!((&verified[0]["rows"], &verified[0]["fits"]), (&5.into(), &true.into()));
    let head = verified[0]["head"].as_str().unwrap();
    done(&["store", "compact"], here);
    let compacted = json(&["audit", "verify", "--json"], here);
    assert_eq!(compacted, verified, "compaction leaves the trail as it is");
    let lines = done(&["audit", "export"], here);
    assert_eq!(lines.lines().count(), 5);
    let write = |name: &str, lines: &[&str]| {
        std::fs::write(here.join(name), lines.join("\n") + "\n").unwrap();
    };
    let whole: Vec<&str> = lines.lines().collect();
    write("whole", &whole);
    let kept = json(&["audit", "verify", "--file", "whole", "--head", head, "--json"], here);
    assert_eq!(kept[0]["fits"], true);
    write("part", &whole[2..]);
    json(&["audit", "verify", "--file", "part", "--part", "--json"], here);
    let altered = whole[3].replace("token.created", "token.revoked");
    let forged = [whole[0], whole[1], whole[2], &altered, whole[4]];
    let moved = [whole[0], whole[2], whole[1], whole[3], whole[4]];
    let removed = [whole[0], whole[1], whole[3], whole[4]];
    let short = &whole[..4];
    for (name, lines, first) in [
        ("forged", &forged[..], Some(whole[3])),
        ("moved", &moved[..], Some(whole[2])),
        ("removed", &removed[..], Some(whole[3])),
        ("short", short, None),
    ] {
        write(name, lines);
        let judged = run(&["audit", "verify", "--file", name, "--head", head, "--json"], here);
        assert_eq!(judged.status.code(), Some(1), "{name}");
        let judged: Value = serde_json::from_slice(&judged.stdout).unwrap();
        let row =
            first.map(|line| serde_json::from_str::<Value>(line).unwrap()["sequence"].clone());
        assert_eq!(judged[0]["fault"]["sequence"], row.unwrap_or(Value::Null), "{name}");
    }
}

#[test]
fn a_request_is_logged_with_its_id_and_its_trace_and_nothing_of_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = accolade(&["serve", "--listen", "127.0.0.1:0", "--json"], folder.path())
        .env("ACCOLADE_LOG_FORMAT", "json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let headers = [
        ("traceparent", format!("00-{trace}-00f067aa0ba902b7-01")),
        ("X-Request-Id", "req-7".to_owned()),
        ("Authorization", "Bearer amara@example.org".to_owned()),
    ];
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let url =
        format!("{}/v1/assertions?recipient=amara@example.org", ready["baseUrl"].as_str().unwrap());
    let answer = crate::process::request(&url, "GET", &headers, &[]).unwrap();
    assert_eq!(answer.status, 401);
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let logged = loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "{said}");
        said += &line;
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["message"] == "answered" {
            break line;
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!((&logged["trace"], &logged["request"]), (&trace.into(), &"req-7".into()));
    assert_eq!((&logged["status"], &logged["route"]), (&401.into(), &"/v1/assertions".into()));
    assert!(!said.contains("amara"), "{said}");
}
