//! Two accounts and every route there is, taken from the router's own table: nothing of the one leaks
//! to the other or is changed by it, its objects answer as those that do not exist, and a token does
//! what its scopes say and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use accolade::api::routes::{self, Access, Method, Route};
use accolade::api::scope;
use accolade::domain::AccountId;
use accolade::store::backend::Key;
use regex::Regex;
use serde_json::{Value, json};

use crate::api::platform::Platform;
use crate::app::{Answer, TestApp};
use crate::openapi;
use crate::require::say;

/// An id anywhere in a text.
static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b([a-z]{2,4})_[0-9A-Za-z]{22}\b").unwrap());

/// Whose ids stand in a request.
struct Named<'a> {
    ids: &'a BTreeMap<String, String>,
}

impl Named<'_> {
    /// The id of the kind that begins so; one that nobody has where there is none.
    fn id(&self, prefix: &str) -> String {
        let unknown = || format!("{prefix}_0000000000000000000009");
        self.ids.get(prefix).cloned().unwrap_or_else(unknown)
    }

    /// The text with these ids in it.
    fn text(&self, text: &str) -> String {
        ID.replace_all(text, |found: &regex::Captures<'_>| self.id(&found[1])).into_owned()
    }

    /// The path of a route with these ids in it.
    fn path(&self, route: &Route) -> String {
        let mut path = Vec::new();
        let mut before = "";
        for part in route.path.split('/') {
            if part.starts_with('{') {
                path.push(self.id(prefix_of(before, route.path)));
            } else {
                path.push(part.to_owned());
            }
            before = part;
        }
        path.join("/")
    }
}

/// What ids begin with in a collection.
fn prefix_of(collection: &str, path: &str) -> &'static str {
    match collection {
        "issuers" => "iss",
        "badge-classes" => "bc",
        "assertions" => "as",
        "keys" => "key",
        "webhooks" => "whk",
        "deliveries" => "dlv",
        "tokens" => "tok",
        "batches" => "bat",
        "frameworks" => "fw",
        "pathways" => "pw",
        "endorsements" => "end",
        "transcripts" => "tra",
        "people" | "persons" => "per",
        other => panic!("{path}: say here what the ids of {other} begin with"),
    }
}

fn scoped() -> impl Iterator<Item = (&'static Route, &'static str)> {
    routes::all().filter_map(|route| match route.access {
        Access::Scope(needed) => Some((route, needed)),
        Access::Open => None,
    })
}

/// Sends what the contract gives as an example for a route, with these ids in it.
async fn ask(app: &TestApp, route: &Route, named: &Named<'_>, token: Option<&str>) -> Answer {
    let mut path = named.path(route);
    let query: Vec<String> = openapi::id_parameters(route.path, route.method.as_str())
        .into_iter()
        .map(|(name, prefix)| format!("{name}={}", named.id(&prefix)))
        .collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    let mut ask = app.ask(method, &path).header("If-Match", "\"x\"");
    if let Some(token) = token {
        ask = ask.token(token);
    }
    if let Some(example) = openapi::example(route.path, route.method.as_str()) {
        ask = ask.body("application/json", named.text(&example.to_string()));
    } else if !route.body.is_empty() {
        ask = ask.json(&json!({}));
    }
    ask.send().await
}

/// An answer as far as it may depend on what was asked: not on the request's own id or the time.
fn comparable(answer: &Answer) -> (u16, String, Value) {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let Some(members) = body.as_object_mut() {
        members.remove("instance");
    }
    (answer.status, answer.header("content-type").to_owned(), body)
}

/// All that an account has.
async fn belongings(app: &TestApp, account: &AccountId) -> Vec<(Key, Vec<u8>)> {
    let prefix = Key::new(format!("a/{account}/"));
    let found = app.app.store.backend().scan(&prefix, None, 100_000).await.unwrap();
    found.into_iter().map(|(key, stored)| (key, stored.bytes)).collect()
}

/// An account with one of everything, and the ids.
async fn furnished(app: &TestApp) -> (AccountId, BTreeMap<String, String>) {
    let platform = Platform::new(app).await;
    let award = platform.award().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let account = app.app.store.owner_of(&text(&award["id"])).await.unwrap().unwrap();
    let svg = concat!(
        "data:image/svg+xml;base64,",
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiPjxyZWN0IHdpZHRoPSI5IiBoZWlnaHQ9IjkiLz48L3N2Zz4="
    );
    let image = platform.post("/v1/images", &json!({ "image": svg, "alt": "A dot" })).await;
    let hook = json!({ "url": "https://consumer.example.org/in" });
    let hook = platform.post("/v1/webhooks", &hook).await.expect(201).json();
    app.app.outbox.step().await.unwrap();
    let first = async |path: &str| {
        let list = platform.get(path).await.expect(200).json();
        text(&list["data"][0]["id"])
    };
    let issuer = text(&award["issuer"]);
    let hook = text(&hook["id"]);
    let mut ids = BTreeMap::from([
        ("iss".to_owned(), issuer.clone()),
        ("bc".to_owned(), text(&award["badgeClass"])),
        ("as".to_owned(), text(&award["id"])),
        ("img".to_owned(), text(&image.expect(201).json()["id"])),
        ("key".to_owned(), first(&format!("/v1/issuers/{issuer}/keys")).await),
        ("tok".to_owned(), first("/v1/tokens").await),
        ("evt".to_owned(), first("/v1/events").await),
        ("dlv".to_owned(), first(&format!("/v1/webhooks/{hook}/deliveries")).await),
        ("whk".to_owned(), hook),
    ]);
    // One of whatever else there is, made as the contract shows it.
    for (route, _) in scoped().filter(|(route, _)| route.path.contains('{')) {
        let collection = route.path.trim_start_matches("/v1/").split('/').next().unwrap();
        let prefix = prefix_of(collection, route.path);
        if ids.contains_key(prefix) {
            continue;
        }
        let makes = format!("/v1/{collection}");
        let example = openapi::example(&makes, "POST")
            .unwrap_or_else(|| panic!("{makes}: the contract shows no example that makes one"));
        let body = Named { ids: &ids }.text(&example.to_string());
        let ask = app.post(&makes).token(&platform.token).body("application/json", body);
        let made = ask.send().await;
        assert!((200..300).contains(&made.status), "{makes}: {}", made.text());
        ids.insert(prefix.to_owned(), text(&made.json()["id"]));
    }
    work(app).await;
    (account, ids)
}

/// Lets everything be done that goes on behind the answers.
async fn work(app: &TestApp) {
    while app.app.batches.step().await.unwrap() {}
    app.app.outbox.step().await.unwrap();
}

#[tokio::test]
async fn nothing_of_one_account_leaks_to_another_or_is_changed_by_it() {
    let app = TestApp::start_with(|config| {
        config.server.vc_api = true;
        config.limits.enabled = false;
    })
    .await;
    let (account, ids) = furnished(&app).await;
    let stranger = app.token(&["admin"]).await;
    let before = belongings(&app, &account).await;
    assert!(before.len() > 20, "{}", before.len());
    let (theirs, nobodys) = (Named { ids: &ids }, Named { ids: &BTreeMap::new() });
    let (mut asked, mut missing) = (0, 0);
    for (route, _) in scoped() {
        let name = format!("{} {}", route.method.as_str(), route.path);
        let found = ask(&app, route, &theirs, Some(&stranger)).await;
        let unknown = ask(&app, route, &nobodys, Some(&stranger)).await;
        asked += 2;
        let names_one = route.path.contains('{');
        if names_one {
            assert_eq!(found.status, 404, "{name}: {}", found.text());
            missing += 1;
        }
        let made = route.method == Method::Post && found.status < 300;
        if !made {
            let (found, unknown) = (comparable(&found), comparable(&unknown));
            assert_eq!(found, unknown, "{name}: it answers otherwise than what is not there");
        }
        let shown = format!("{:?} {}", found.headers, found.text());
        for id in ids.values() {
            assert!(names_one || !shown.contains(id.as_str()), "{name} shows {id}: {shown}");
        }
        for private in ["Riverside Schools", "amara", "Amara", "consumer.example.org"] {
            let sent = openapi::example(route.path, route.method.as_str());
            let sent = sent.is_some_and(|sent| sent.to_string().contains(private));
            assert!(sent || !shown.contains(private), "{name} shows {private}: {shown}");
        }
    }
    work(&app).await;
    let after = belongings(&app, &account).await;
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (before.into_iter().collect(), after.into_iter().collect());
    let changed: Vec<_> = before.symmetric_difference(&after).map(|(key, _)| key).collect();
    assert!(changed.is_empty(), "another account changed {changed:?}");
    assert!(missing > 10, "{missing}");
    say(format_args!(
        "matrix: {} routes, {asked} requests of a stranger, {missing} routes to one object all 404, nothing leaked or changed",
        scoped().count()
    ));
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_on_every_route() {
    let app = TestApp::start_with(|config| {
        config.server.vc_api = true;
        config.limits.enabled = false;
    })
    .await;
    let nobodys = Named { ids: &BTreeMap::new() };
    let account = app.account().await;
    let (mut allowed, mut refused) = (0, 0);
    for (route, needed) in scoped() {
        let name = format!("{} {}", route.method.as_str(), route.path);
        let none = ask(&app, route, &nobodys, None).await.expect(401);
        assert_eq!(none.slug(), "unauthorized", "{name}");
        for held in scope::ALL {
            let token = app.token_of(&account, &[held]).await;
            let answer = ask(&app, route, &nobodys, Some(&token)).await;
            if scope::allows(&[(*held).to_owned()], needed) {
                assert!(
                    ![401, 403].contains(&answer.status),
                    "{name} with {held}: {}",
                    answer.text()
                );
                allowed += 1;
            } else {
                assert_eq!(answer.status, 403, "{name} with {held}");
                assert_eq!(answer.slug(), "forbidden-scope", "{name} with {held}");
                refused += 1;
            }
        }
    }
    assert!(refused > allowed, "{refused} {allowed}");
    say(format_args!(
        "matrix: {} routes by {} scopes: {allowed} allowed, {refused} refused",
        scoped().count(),
        scope::ALL.len()
    ));
}
