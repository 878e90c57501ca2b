//! Every page in every state as a browser has it: axe-core at WCAG 2.2 AA in Chromium, html-validate,
//! the tab key, light and dark, a telephone's width, the script off.

use accolade::resolve::sha256_hex;
use serde_json::{Value, json};

use super::process::Peer;
use super::service::Service;
use crate::require::say;

/// A service with a badge in every state that time and its issuer can bring about.
fn badges(service: &Service) -> (Value, Vec<(&'static str, String)>) {
    let issuer = json!({
        "name": "Riverside Schools",
        "url": "https://riverside.example.org",
        "email": "badges@riverside.example.org",
        "description": "Schools along the river.",
    });
    let issuer = service.post("/v1/issuers", &issuer);
    let class = json!({
        "issuer": issuer["id"],
        "name": "Coaching for Equity",
        "description": "Leads coaching that raises what every student can reach.",
        "achievementType": "MicroCredential",
        "criteria": {
            "narrative": "# Parts\n\n1. One\n2. Two\n\n[More](https://riverside.example.org/more)",
            "url": "https://riverside.example.org/criteria",
        },
        "alignment": [{
            "targetName": "Coaching cycle",
            "targetUrl": "https://framework.example.org/TLMS.D2.b",
            "targetCode": "TLMS.D2.b",
            "targetFramework": "Teacher Leader Model Standards",
        }],
        "resultDescription": [{
            "code": "lead",
            "name": "Leads coaching",
            "resultType": "RubricCriterionLevel",
            "requiredLevel": "meets",
            "rubricCriterionLevel": [
                { "code": "begins", "name": "Begins", "level": "1" },
                { "code": "meets", "name": "Meets", "level": "2", "description": "On her own." },
            ],
        }],
        "tags": ["coaching"],
        "creditsAvailable": 1.5,
        "suspendable": true,
    });
    let class = service.post("/v1/badge-classes", &class);
    let award = |dates: Value| {
        let mut body = json!({
            "badgeClass": class["id"],
            "recipient": { "email": "amara@schools.example.org", "name": "Amara Okafor", "namePublic": true },
            "results": [{ "resultDescription": "lead", "achievedLevel": "meets" }],
            "evidence": [{
                "url": "https://portfolio.example.org/amara",
                "name": "Coaching log",
                "genre": "Observation notes",
                "description": "Six weeks of it.",
            }],
            "narrative": "Two teams, one term.",
            "visibility": "public",
        });
        for (name, value) in dates.as_object().unwrap() {
            body[name] = value.clone();
        }
        service.post("/v1/assertions", &body)
    };
    let changed = |what: &str| {
        let made = award(json!({}));
        let why = json!({ "reason": "Wrong person", "publicReason": "Awarded in error" });
        service.post(&format!("/v1/assertions/{}/{what}", made["id"].as_str().unwrap()), &why);
        made
    };
    let past = json!({ "issuedOn": "2020-01-01", "expires": "2021-01-01" });
    let states = [
        ("valid", award(json!({}))),
        ("expired", award(past)),
        ("suspended", changed("suspend")),
        ("revoked", changed("revoke")),
    ];
    let urls = states.map(|(state, award)| (state, award["url"].as_str().unwrap().to_owned()));
    (class, urls.to_vec())
}

#[test]
fn every_page_is_valid_accessible_and_reached_by_keyboard() {
    let Some(mut browser) = Peer::browser() else { return };
    let service = Service::start(None, &[]);
    let (class, badges) = badges(&service);
    let base = &service.base;
    let mut pages: Vec<String> = ["/", "/verify", "/problems/not-found", "/nothing-here"]
        .iter()
        .map(|path| format!("{base}{path}"))
        .collect();
    pages.push(class["url"].as_str().unwrap().to_owned());
    pages.push(format!("{base}/issuers/riverside-schools"));
    let aligned = &class["alignment"][0];
    for (collection, name) in
        [("competencies", &aligned["targetUrl"]), ("frameworks", &aligned["targetFramework"])]
    {
        let digits = sha256_hex(name.as_str().unwrap().as_bytes());
        pages.push(format!("{base}/{collection}/{}", &digits[..32]));
    }
    for (_, url) in &badges {
        pages.push(url.clone());
        pages.push(format!("{url}/embed?v=1"));
        pages.push(format!("{base}/verify?url={}", url.replace(':', "%3A").replace('/', "%2F")));
    }
    let mut wrong = Vec::new();
    let mut looked = 0;
    for (at, url) in pages.iter().enumerate() {
        // Each page in the light and on a wide screen, and once more as different as can be.
        let join = if url.contains('?') { '&' } else { '?' };
        let spanish = format!("{url}{join}lang=es");
        for (url, dark, narrow) in [(url, false, false), (&spanish, true, true)] {
            let keys = !dark && at < 9;
            let asked = json!({ "url": url, "dark": dark, "narrow": narrow, "keys": keys });
            let answer = browser.ask(&asked);
            let found = answer["wrong"].as_array().unwrap();
            wrong.extend(found.iter().map(|what| format!("{url}: {}", what.as_str().unwrap())));
            looked += 1;
        }
    }
    for (state, url) in &badges {
        let answer = browser.ask(&json!({ "url": url, "keys": false }));
        assert!(answer["pressable"].as_u64().unwrap() > 10, "{state}: {answer}");
        // Buttons that only a script answers are not shown without it.
        assert_eq!(answer["buttonsWithoutScript"], 0, "{state}");
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    say(format_args!("pages: {looked} views without a fault (axe-core, html-validate, tab key)"));
}
