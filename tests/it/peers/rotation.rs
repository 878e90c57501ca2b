//! Keys that come and go, before independent software: what a retired key signed holds, what a
//! compromised key signed does not, and what was renewed is read.

use serde_json::{Value, json};

use super::process::Peer;
use super::service::Service;
use crate::require::say;

struct Award {
    link: String,
    hosted: String,
    credential: Value,
    jws: String,
}

impl Award {
    fn read(service: &Service, award: &Value) -> Self {
        let link = award["links"]["page"].as_str().unwrap().to_owned();
        let text = |url: &str| service.get(url, "*/*").text();
        Self {
            credential: service.document(&format!("{link}.json")),
            jws: text(&format!("{link}.jwt?v=2")),
            hosted: award["links"]["ob2"].as_str().unwrap().to_owned(),
            link,
        }
    }
}

struct Bench {
    service: Service,
    issuer: String,
    class: Value,
    python2: Peer,
    bazaar: Peer,
}

impl Bench {
    fn start() -> Option<Self> {
        let (python2, bazaar) = (Peer::openbadges()?, Peer::digitalbazaar()?);
        let service = Service::start(Some("https://badges.example.org"), &[]);
        let issuer = service.post(
            "/v1/issuers",
            &json!({
                "name": "River Teachers", "url": "https://river.example.org/", "slug": "river",
                "email": "badges@river.example.org",
            }),
        );
        let class = service.post(
            "/v1/badge-classes",
            &json!({
                "issuer": issuer["id"], "name": "Facilitator", "description": "Leads meetings.",
                "criteria": {"narrative": "Lead *three* meetings."}, "validity": "P3Y",
            }),
        );
        let issuer = format!("/v1/issuers/{}/keys", issuer["id"].as_str().unwrap());
        Some(Self { service, issuer, class, python2, bazaar })
    }

    fn mint(&self) -> Value {
        let body = json!({
            "badgeClass": self.class["id"],
            "recipient": {"email": "zoë@example.com"}, "issuedOn": "2026-01-10",
        });
        self.service.post("/v1/assertions", &body)
    }

    fn active(&self, kind: &str) -> String {
        let token = format!("Bearer {}", self.service.token);
        let headers = [("Authorization", &*token)];
        let url = format!("{}{}", self.service.base, self.issuer);
        let answer = crate::process::request(&url, "GET", &headers, &[]).unwrap();
        let list: Value = serde_json::from_str(&answer.text()).unwrap();
        let keys = list["data"].as_array().unwrap();
        let found = keys.iter().rfind(|key| key["type"] == kind && key["life"] == "active");
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }

    fn rotate(&self) {
        for kind in ["rsa", "ed25519"] {
            let former = self.active(kind);
            self.service.post(&self.issuer, &json!({"type": kind}));
            let path = format!("{}/{former}/retire", self.issuer);
            let retired = self.service.post(&path, &json!({"reason": "rotation"}));
            assert_eq!(retired["life"], "retired");
        }
    }

    fn hosts(&self) -> Value {
        json!({self.service.public(): self.service.base})
    }

    fn open_badges_2(&mut self, input: &str) -> Value {
        json!({"input": input, "hosts": self.hosts()})
    }

    fn data_integrity(&self, credential: &Value) -> Value {
        let list = credential["credentialStatus"]["statusListCredential"].as_str().unwrap();
        let did = credential["issuer"]["id"].as_str().unwrap();
        let document = format!("{}/issuers/river/did.json", self.service.public());
        let documents = json!({
            list: self.service.document(list),
            did: self.service.document(&document),
        });
        json!({"credential": credential, "documents": documents})
    }

    fn holds(&mut self, what: &str, award: &Award) {
        let ask = self.open_badges_2(&award.jws);
        self.python2.must_accept(&format!("the signed badge, {what}"), ask);
        let ask = self.open_badges_2(&award.hosted);
        self.python2.must_accept(&format!("the hosted badge, {what}"), ask);
        let ask = self.data_integrity(&award.credential);
        self.bazaar.must_accept(&format!("the credential, {what}"), ask);
        for report in [
            self.service.verify(&json!({"token": award.jws})),
            self.service.verify(&json!({"credential": award.credential})),
            self.service.verify(&json!({"url": award.hosted})),
        ] {
            assert_eq!(report["verdict"], "valid", "{what}: {report:#}");
        }
    }
}

#[test]
fn a_badge_from_two_rotations_ago_verifies_and_one_of_a_stolen_key_does_not() {
    let Some(mut bench) = Bench::start() else { return };
    let minted = bench.mint();
    let first = Award::read(&bench.service, &minted);
    bench.rotate();
    let second = Award::read(&bench.service, &bench.mint());
    bench.rotate();
    let third = Award::read(&bench.service, &bench.mint());
    for (what, award) in
        [("of two rotations ago", &first), ("of one rotation ago", &second), ("of today", &third)]
    {
        bench.holds(what, award);
    }

    let path = format!("/v1/assertions/{}", minted["id"].as_str().unwrap());
    let corrected =
        bench.service.post(&format!("{path}/reissue"), &json!({"narrative": "Led four."}));
    let corrected = Award::read(&bench.service, &corrected);
    bench.holds("corrected", &corrected);
    let renewed = bench.service.post(&format!("{path}/renew"), &json!({"term": "2026"}));
    let renewed = Award::read(&bench.service, &renewed);
    let hosted = bench.service.document(&renewed.hosted);
    assert_eq!(hosted["related"]["id"], first.hosted);
    bench.holds("that renews another", &renewed);

    let stolen: Vec<String> = ["rsa", "ed25519"].map(|kind| bench.active(kind)).into();
    for key in &stolen {
        let path = format!("{}/{key}/compromise", bench.issuer);
        bench.service.post(&path, &json!({"reason": "laptop stolen"}));
    }
    let ask = bench.open_badges_2(&third.jws);
    bench.python2.must_refuse("the signed badge of a stolen key", ask);
    let ask = bench.data_integrity(&third.credential);
    bench.bazaar.must_refuse("the credential of a stolen key", ask);
    let ask = bench.open_badges_2(&third.hosted);
    bench.python2.must_accept("the hosted badge beside a stolen key", ask);
    for key in &stolen {
        let done = bench.service.post(&format!("{}/{key}/resign", bench.issuer), &Value::Null);
        assert!(done["failed"].as_array().unwrap().is_empty(), "{done}");
    }
    let anew = json!({"links": {"page": third.link, "ob2": third.hosted}});
    let anew = Award::read(&bench.service, &anew);
    assert_ne!((&anew.jws, &anew.credential["proof"]), (&third.jws, &third.credential["proof"]));
    bench.holds("signed anew", &anew);
    bench.holds("of two rotations ago, after a theft", &first);
    for peer in [&bench.python2, &bench.bazaar] {
        say(format_args!("rotated keys: {}", peer.tally()));
    }
}
