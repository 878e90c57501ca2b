//! Hostile URLs before every door that fetches: whatever the spelling, nothing inside is contacted.
//!
//! The issuer's own site is on one address of this machine that the settings allow; the listener that
//! must hear nothing is on another one, which they do not. That a door is one is shown first: with
//! an address of the open site in it, the service does fetch.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use accolade::proof::key::PrivateKey;
use accolade::proof::suite::{ProofOptions, Suite};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::corpus::case::{Page, Web};
use crate::corpus::issuer::{
    ASSERTION, CLASS, OB3, PROFILE, V2, assertion, class, credential, did_key, did_key_method,
    entry, jws, method, own, profile, rsa, signed, signed_assertion, site, stranger, try_proof,
    with,
};
use crate::corpus::web::ClosedWeb;
use crate::require::say;

/// A way to make the service fetch a URL: what is sent, and what it finds on the open site.
struct Door {
    name: &'static str,
    open: fn(&str) -> (Value, Web),
}

/// Doors whose documents no verdict waits for: the badge may hold though they were refused.
const BESIDE: [Door; 6] = [
    Door {
        name: "the web site of an issuer without a domain",
        open: |url| {
            let (key, mut badge) = (own(), with(&credential(), "/issuer/url", json!(url)));
            badge["issuer"]["id"] = json!(did_key(&key));
            badge.as_object_mut().unwrap().remove("credentialStatus");
            (json!({"credential": proved_anyhow(badge, &key, &did_key_method(&key))}), site())
        },
    },
    Door {
        name: "the evidence of a credential",
        open: |url| asked_with_evidence("/evidence/0/id", json!(url)),
    },
    Door {
        name: "a related resource",
        open: |url| {
            let resource = json!([{"id": url, "digestMultibase": "uEiAAAA"}]);
            asked_with_evidence("/relatedResource", resource)
        },
    },
    Door {
        name: "the evidence of a hosted badge",
        open: |url| {
            let (mut body, web) = page(ASSERTION, with(&assertion(), "/evidence/0/id", json!(url)));
            body["evidence"] = json!(true);
            (body, web)
        },
    },
    Door {
        name: "a hosted endorsement",
        open: |url| page(ASSERTION, with(&assertion(), "/endorsement", json!([url]))),
    },
    Door {
        name: "the refresh service",
        open: |url| {
            let mut badge = credential();
            badge["@context"] =
                json!([V2, OB3, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]);
            badge["refreshService"] = json!({"id": url, "type": "1EdTechCredentialRefresh"});
            (json!({"credential": signed_by_the_issuer_anyhow(badge)}), site())
        },
    },
];

fn asked_with_evidence(pointer: &str, value: Value) -> (Value, Web) {
    let badge = with(&credential(), pointer, value);
    (json!({"credential": signed_by_the_issuer_anyhow(badge), "evidence": true}), site())
}

const WELL_KNOWN: &str = "https://issuer.example/.well-known/did-configuration.json";

const DOORS: [Door; 12] = [
    Door { name: "the badge", open: |url| (json!({"url": url}), site()) },
    Door {
        name: "a redirect",
        open: |url| {
            let mut web = site();
            web.insert(ASSERTION.to_owned(), Page::redirect(url));
            (json!({"url": ASSERTION}), web)
        },
    },
    Door {
        name: "a copy of a hosted badge",
        open: |url| (json!({"credential": with(&assertion(), "/id", json!(url))}), site()),
    },
    Door {
        name: "the badge class",
        open: |url| page(ASSERTION, with(&assertion(), "/badge", json!(url))),
    },
    Door { name: "the issuer", open: |url| page(CLASS, with(&class(), "/issuer", json!(url))) },
    Door {
        name: "the key of a signed badge",
        open: |url| {
            let named = with(&signed_assertion(), "/verification/creator", json!(url));
            let mut web = site();
            let lists = with(&profile(), "/publicKey", json!(url));
            web.insert(PROFILE.to_owned(), Page::json(&lists));
            (json!({"token": jws(&named, rsa())}), web)
        },
    },
    Door {
        name: "the revocation list",
        open: |url| {
            let mut web = site();
            let lists = with(&profile(), "/revocationList", json!(url));
            web.insert(PROFILE.to_owned(), Page::json(&lists));
            (json!({"token": jws(&signed_assertion(), rsa())}), web)
        },
    },
    Door {
        name: "the issuer of a credential",
        open: |url| {
            let named = with(&credential(), "/issuer/id", json!(url));
            (json!({"credential": signed_anyhow(named)}), site())
        },
    },
    Door {
        name: "the key of a credential",
        open: |url| {
            let mut badge = signed(credential(), &own());
            badge["proof"]["verificationMethod"] = json!(format!("{url}#key"));
            (json!({"credential": badge}), site())
        },
    },
    Door {
        name: "the status list",
        open: |url| {
            let mut entry = entry("revocation", "5");
            entry["statusListCredential"] = json!(url);
            let badge = with(&credential(), "/credentialStatus", entry);
            (json!({"credential": signed_anyhow(badge)}), site())
        },
    },
    Door {
        name: "a schema that a credential names",
        open: |url| {
            let schema = json!([{"id": url, "type": "JsonSchema"}]);
            let badge = with(&credential(), "/credentialSchema", schema);
            (json!({"credential": signed_by_the_issuer_anyhow(badge)}), site())
        },
    },
    Door {
        name: "an address in a picture",
        open: |url| {
            let picture = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg"><a:assertion xmlns:a="http://openbadges.org" verify="{}"/></svg>"#,
                url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
            );
            (json!({"file": picture}), site())
        },
    },
];

fn page(url: &str, document: Value) -> (Value, Web) {
    let mut web = site();
    web.insert(url.to_owned(), Page::json(&document));
    (json!({"url": ASSERTION}), web)
}

/// With a proof if linked data can be signed that names this URL, else with one that does not hold.
fn signed_anyhow(document: Value) -> Value {
    let key = stranger();
    proved_anyhow(document, &key, &did_key_method(&key))
}

/// The same with a proof of the issuer, which holds where the document can be signed at all.
fn signed_by_the_issuer_anyhow(document: Value) -> Value {
    let key = own();
    proved_anyhow(document, &key, &method(&key))
}

fn proved_anyhow(document: Value, key: &PrivateKey, method: &str) -> Value {
    let plain = ProofOptions::default();
    let made = try_proof(Suite::EddsaRdfc2022, &document, key, method, &plain);
    let proof = made.unwrap_or_else(|_| signed(credential(), &own())["proof"].clone());
    with(&document, "/proof", proof)
}

/// The address 127.0.0.2 and others inside, in every spelling that some reader takes for one.
fn hosts() -> Vec<String> {
    let spelled = [
        "127.0.0.2",
        "127.2",
        "127.0.2",
        "2130706434",
        "0x7f000002",
        "0x7F.0x0.0x0.0x2",
        "0177.0.0.2",
        "017700000002",
        "0x7f.0.0.02",
        "127.0.0.2.",
        "127.000.000.002",
        "%31%32%37.0.0.2",
        "127%2e0%2e0%2e2",
        "１２７.０.０.２",
        "127。0。0。2",
        "①②⑦.0.0.②",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::FFFF:7F00:0002]",
        "[0:0:0:0:0:ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::127.0.0.2]",
        "[64:ff9b:1::7f00:2]",
        "[2002:7f00:2::]",
        "[2001:0:7f00:2::]",
        "[::1]",
        "[::]",
        "[fe80::1%25lo]",
        "[fc00::1]",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0xA9FEA9FE",
        "[fd00:ec2::254]",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    spelled.map(str::to_owned).to_vec()
}

pub(crate) fn urls(port: u16) -> Vec<String> {
    let mut urls = Vec::new();
    for host in hosts() {
        urls.push(format!("http://{host}:{port}/x"));
        urls.push(format!("https://{host}:{port}/x"));
        urls.push(format!("https://{host}/x"));
    }
    for odd in [
        "https://issuer.example@127.0.0.2:PORT/x",
        "https://issuer.example:pass@127.0.0.2:PORT/x",
        "https://127.0.0.2:PORT\\@issuer.example/x",
        "https:\\\\127.0.0.2:PORT\\x",
        "https:127.0.0.2:PORT/x",
        "https:///127.0.0.2:PORT/x",
        "//127.0.0.2:PORT/x",
        "ht\ttps://127.0.0.2:PORT/x",
        "https://127.0.0.2\n:PORT/x",
        " https://127.0.0.2:PORT/x",
        "https://issuer.example#@127.0.0.2:PORT/x",
        "https://issuer.example?@127.0.0.2:PORT/x",
        "HTTP://127.0.0.2:PORT/x",
        "ftp://127.0.0.2:PORT/x",
        "gopher://127.0.0.2:PORT/x",
        "file:///etc/passwd",
        "file://127.0.0.2/etc/passwd",
        "data:application/json,{}",
        "javascript:alert(1)",
        "unix:///var/run/docker.sock",
        "dict://127.0.0.2:PORT/x",
        "https://issuer.example:PORT/x",
        "http://issuer.example:22/x",
        "https://127.0.0.2:PORT/x?issuer.example",
    ] {
        urls.push(odd.replace("PORT", &port.to_string()));
    }
    urls
}

/// A listener on an address that no setting opens: it must hear nothing.
pub(crate) struct Inside {
    port: u16,
    reached: Arc<AtomicUsize>,
}

impl Inside {
    pub(crate) fn start() -> Self {
        let inside = TcpListener::bind("127.0.0.2:0").unwrap();
        let port = inside.local_addr().unwrap().port();
        let reached = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&reached);
        std::thread::spawn(move || {
            for stream in inside.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { port, reached }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How often it was contacted.
    pub(crate) fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }
}

#[actix_web::test]
async fn no_url_reaches_what_lies_inside_through_any_door() {
    let inside = Inside::start();
    let web = ClosedWeb::start();
    let origin = web.origin();
    let app = TestApp::start_with(|config| {
        config.fetch.refuse_all = false;
        config.fetch.hosts = [("issuer.example".to_owned(), origin)].into();
        config.fetch.allow = vec!["127.0.0.1/32".parse().unwrap()];
        config.fetch.cache = false;
        config.limits.enabled = false;
    })
    .await;
    let urls = urls(inside.port());
    assert!(urls.len() >= 150, "{}", urls.len());
    let open = "https://issuer.example/an/open/place";
    let mut asked = 0;
    for (door, decides) in
        DOORS.iter().map(|door| (door, true)).chain(BESIDE.iter().map(|door| (door, false)))
    {
        let (body, pages) = (door.open)(open);
        web.show(&pages);
        web.asked();
        send(&app, &body).await;
        let fetched = web.asked();
        // A web site is asked for what it publishes about its identities, not for the page named.
        let is_asked = |url: &String| url == open || url == WELL_KNOWN;
        assert!(fetched.iter().any(is_asked), "{} is no door: {fetched:?}", door.name);
        for url in &urls {
            let (body, pages) = (door.open)(url);
            web.show(&pages);
            let (status, report) = send(&app, &body).await;
            asked += 1;
            assert!((200..500).contains(&status), "{}: {url}: {status}", door.name);
            if status == 200 && decides {
                assert_ne!(report["verdict"], "valid", "{}: {url}", door.name);
            }
            assert_eq!(inside.reached(), 0, "{}: {url} was contacted", door.name);
        }
    }
    say(format_args!(
        "guard: {} hostile URLs before {} doors, {asked} in all; nothing inside was contacted",
        urls.len(),
        DOORS.len() + BESIDE.len()
    ));
}

async fn send(app: &TestApp, body: &Value) -> (u16, Value) {
    let ask = app.post("/v1/verifications");
    let ask = match body["file"].as_str() {
        Some(file) => {
            let form = format!(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{file}\r\n--b--\r\n"
            );
            ask.body("multipart/form-data; boundary=b", form)
        }
        None => ask.json(body),
    };
    let answer = ask.send().await;
    let report = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    (answer.status, report)
}
