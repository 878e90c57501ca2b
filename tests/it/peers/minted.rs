//! What is minted here, in every form as it is served, before independent software.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::alter::{every_part, every_value};
use super::process::Peer;
use super::service::Service;
use crate::require::say;

/// On a laptop: the issuer is the did:key of its Ed25519 key.
#[test]
fn badges_minted_on_a_laptop_convince_independent_software_and_altered_ones_do_not() {
    let Some(mut peers) = Peers::start() else { return };
    let service = Service::start(None, &[]);
    let badge = Badge::mint(&service, "laptop");
    assert!(badge.credential["issuer"]["id"].as_str().unwrap().starts_with("did:key:"));
    assert_eq!(header(&badge.jwt)["alg"], "EdDSA");
    convince(&service, &badge, &mut peers);
    peers.say("minted on a laptop");
}

/// With a public address: the issuer is a did:web, and RS256 tokens exist.
#[test]
fn badges_minted_under_a_public_address_convince_independent_software_and_altered_ones_do_not() {
    let Some(mut peers) = Peers::start() else { return };
    let service = Service::start(Some("https://badges.example.org"), &[]);
    let badge = Badge::mint(&service, "public");
    assert!(badge.credential["issuer"]["id"].as_str().unwrap().starts_with("did:web:"));
    convince(&service, &badge, &mut peers);
    assert_eq!(header(&badge.jwt)["alg"], "RS256");
    let others: Vec<Value> =
        badge.other_tokens.iter().map(|jwt| header(jwt)["alg"].clone()).collect();
    assert_eq!(others, ["ES256", "EdDSA"]);
    peers.say("minted under a public address");
}

/// Who is asked.
struct Peers {
    bazaar: Peer,
    credentials: Peer,
    jose: Peer,
    python2: Peer,
    python3: Peer,
    /// What our own verifier said.
    ours: (usize, usize),
}

impl Peers {
    fn start() -> Option<Self> {
        Some(Self {
            bazaar: Peer::digitalbazaar()?,
            credentials: Peer::digitalcredentials()?,
            jose: Peer::jose()?,
            python2: Peer::openbadges()?,
            python3: Peer::openbadgeslib()?,
            ours: (0, 0),
        })
    }

    fn say(&self, what: &str) {
        for peer in [&self.bazaar, &self.credentials, &self.jose, &self.python2, &self.python3] {
            say(format_args!("{what}: {}", peer.tally()));
        }
        let (accepted, refused) = self.ours;
        assert!(accepted > 0 && refused > 0);
        say(format_args!(
            "{what}: our own verifier: accepted {accepted}, refused {refused} altered"
        ));
    }

    fn ours_must_accept(&mut self, what: &str, report: &Value) {
        assert_eq!(report["verdict"], "valid", "ours refuses {what}: {report:#}");
        self.ours.0 += 1;
    }

    fn ours_must_refuse(&mut self, what: &str, report: &Value) {
        let verdict = report["verdict"].as_str().unwrap();
        assert_ne!(verdict, "valid", "ours accepts {what}");
        assert_ne!(report["answers"]["authentic"]["answer"], "yes", "authentic in spite of {what}");
        self.ours.1 += 1;
    }
}

/// One award as it is served.
struct Badge {
    id: String,
    credential: Value,
    /// The VC-JWT.
    jwt: String,
    /// The VC-JWT with each other signature that the issuer has a key for.
    other_tokens: Vec<String>,
    /// URL of the hosted OB 2.0 assertion.
    hosted: String,
    jws: String,
    /// Baked pictures: name, form of badge inside, bytes.
    pictures: Vec<(String, Inside, Vec<u8>)>,
    /// What the peers may read: status lists, DID documents, keys; by URL or DID.
    documents: Value,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    OpenBadges2,
    OpenBadges3,
}

impl Badge {
    /// Makes an issuer, a micro-credential with everything that has a place, and an award of it.
    fn mint(service: &Service, slug: &str) -> Self {
        let issuer = service.post(
            "/v1/issuers",
            &json!({
                "name": "River Teachers — Lehrkräfte am Fluß", "url": "https://river.example.org/",
                "email": "badges@river.example.org", "slug": slug,
                "description": "Teachers who teach teachers."
            }),
        );
        if service.public().starts_with("https:") {
            let keys = format!("/v1/issuers/{}/keys", issuer["id"].as_str().unwrap());
            service.post(&keys, &json!({"type": "p256"}));
        }
        let class = service.post(
            "/v1/badge-classes",
            &json!({
                "issuer": issuer["id"], "name": "Facilitator: Leading Team Meetings",
                "description": "Plans and leads meetings that change what happens in classrooms.",
                "achievementType": "MicroCredential",
                "criteria": {
                    "url": "https://river.example.org/criteria/facilitator",
                    "narrative": "Submit **three** agendas {each with comments} and a reflection."
                },
                "alignment": [{
                    "targetName": "Facilitates professional learning among colleagues",
                    "targetUrl": "https://standards.example.org/tlms/3/a", "targetCode": "TLMS.3.a",
                    "targetFramework": "Teacher Leader Model Standards", "targetType": "CFItem"
                }],
                "resultDescription": [{
                    "code": "agenda", "name": "Agenda", "resultType": "RubricCriterionLevel",
                    "requiredLevel": "3",
                    "rubricCriterionLevel": [
                        {"code": "2", "name": "Developing", "level": "2", "points": "2"},
                        {"code": "3", "name": "Proficient", "level": "3", "points": "3"}
                    ]
                }],
                "tags": ["facilitation", "leadership"], "creditsAvailable": 2.5
            }),
        );
        let award = service.post(
            "/v1/assertions",
            &json!({
                "badgeClass": class["id"], "visibility": "public",
                "recipient": {"email": "zoë@example.com"}, "expires": "2099-01-15T09:30:00Z",
                "results": [{"resultDescription": "agenda", "achievedLevel": "3"}],
                "evidence": [{
                    "url": "https://river.example.org/evidence/agendas", "name": "Three agendas",
                    "genre": "Document", "narrative": "What changed.", "audience": "Colleagues"
                }],
                "narrative": "Led with care.", "creditsEarned": 1.5, "role": "Team leader",
                "term": "2025-2026"
            }),
        );
        Self::fetch(service, &award)
    }

    fn fetch(service: &Service, award: &Value) -> Self {
        let link = |name: &str| award["links"][name].as_str().map(str::to_owned);
        let required = |name| link(name).unwrap_or_else(|| panic!("no {name} in {award:#}"));
        let credential = service.document(&required("ob3"));
        let mut pictures = Vec::new();
        for kind in ["png", "svg"] {
            for inside in [Inside::OpenBadges3, Inside::OpenBadges2] {
                let url = match inside {
                    Inside::OpenBadges3 => required(kind),
                    Inside::OpenBadges2 => with_query(&required(kind), "v=2"),
                };
                let answer = service.get(&url, "*/*");
                assert_eq!(answer.status, 200, "GET {url}: {}", answer.text());
                assert!(answer.headers["content-type"].starts_with("image/"), "{url}");
                pictures.push((url, inside, answer.body));
            }
        }
        let mut badge = Self {
            id: award["id"].as_str().unwrap().to_owned(),
            jwt: token(service, &required("jwt")),
            other_tokens: Vec::new(),
            jws: token(service, &required("ob2jws")),
            hosted: required("ob2"),
            documents: Value::Null,
            credential,
            pictures,
        };
        if service.public().starts_with("https:") {
            let other =
                ["ES256", "EdDSA"].map(|alg| with_query(&required("jwt"), &format!("alg={alg}")));
            badge.other_tokens = other.iter().map(|url| token(service, url)).collect();
        }
        badge.documents = badge.read_what_it_names(service);
        badge
    }

    /// The status list, and the documents of issuer and keys, as a verifier would find them.
    fn read_what_it_names(&self, service: &Service) -> Value {
        let mut documents = Map::new();
        if let Some(list) = self.credential["credentialStatus"]["statusListCredential"].as_str() {
            documents.insert(list.to_owned(), service.document(list));
        }
        let issuer = self.credential["issuer"]["id"].as_str().unwrap();
        if let Some(rest) = issuer.strip_prefix("did:web:") {
            let (host, path) = rest.split_once(':').unwrap();
            assert_eq!(format!("https://{}", host.replace("%3A", ":")), service.public());
            let url = format!("{}/{}/did.json", service.public(), path.replace(':', "/"));
            documents.insert(issuer.to_owned(), service.document(&url));
        }
        Value::Object(documents)
    }
}

fn convince(service: &Service, badge: &Badge, peers: &mut Peers) {
    data_integrity(service, badge, peers);
    for jwt in std::iter::once(&badge.jwt).chain(&badge.other_tokens) {
        tokens(service, badge, jwt, peers);
    }
    open_badges_2(service, badge, peers);
    pictures(service, badge, peers);
    revocation(service, badge, peers);
}

fn data_integrity(service: &Service, badge: &Badge, peers: &mut Peers) {
    let ask = |credential: &Value| json!({"credential": credential, "documents": badge.documents});
    for peer in [&mut peers.bazaar, &mut peers.credentials] {
        let answer = peer.must_accept("a badge as served", ask(&badge.credential));
        assert_ne!(answer["status"], false, "{} did not look at the status", peer.name);
    }
    peers.python3.must_accept("a badge as served", without_status(ask(&badge.credential)));
    peers.ours_must_accept(
        "a badge as served",
        &service.verify(&json!({"credential": badge.credential})),
    );
    for altered in every_value(&badge.credential) {
        let what = format!("the credential with {}", altered.what);
        for peer in [&mut peers.bazaar, &mut peers.credentials] {
            peer.must_refuse(&what, ask(&altered.value));
        }
        peers.python3.must_refuse(&what, without_status(ask(&altered.value)));
        peers.ours_must_refuse(&what, &service.verify(&json!({"credential": altered.value})));
    }
}

fn tokens(service: &Service, badge: &Badge, jwt: &str, peers: &mut Peers) {
    let alg = header(jwt)["alg"].as_str().unwrap().to_owned();
    let issuer = &badge.credential["issuer"]["id"];
    let ask = |jwt: &str| json!({"jwt": jwt, "documents": badge.documents, "algorithms": [alg], "issuer": issuer});
    let answer = peers.jose.must_accept(&format!("the {alg} token"), ask(jwt));
    for (claim, pointer) in
        [("iss", "/issuer/id"), ("sub", "/credentialSubject/id"), ("jti", "/id")]
    {
        assert_eq!(Some(&answer["payload"][claim]), badge.credential.pointer(pointer), "{claim}");
    }
    let names: Vec<&String> = answer["header"].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| ["alg", "kid", "typ"].contains(&name.as_str())), "{names:?}");
    peers.python3.must_accept("the token", without_status(ask(jwt)));
    peers.ours_must_accept(&alg, &service.verify(&json!({"token": jwt})));
    for altered in every_part(jwt) {
        let what = format!("the {alg} token with {}", altered.what);
        peers.jose.must_refuse(&what, ask(&altered.value));
        peers.python3.must_refuse(&what, without_status(ask(&altered.value)));
        peers.ours_must_refuse(&what, &service.verify(&json!({"token": altered.value})));
    }
}

/// `openbadgeslib` reads status lists that are tokens, not those with an embedded proof: it is asked
/// about everything else.
fn without_status(mut question: Value) -> Value {
    question["status"] = json!(false);
    question
}

fn open_badges_2(service: &Service, badge: &Badge, peers: &mut Peers) {
    let hosts = json!({service.public(): service.base});
    let profile = json!({"id": "_:someone", "type": "Profile", "email": "zoë@example.com"});
    let hosted = json!({"input": badge.hosted, "hosts": hosts, "profile": profile});
    let answer = peers.python2.must_accept("the hosted badge", hosted);
    assert_eq!(answer["version"], "2.0", "{answer}");
    let stranger = json!({"id": "_:another", "type": "Profile", "email": "max@example.com"});
    let wrong = json!({"input": badge.hosted, "hosts": hosts, "profile": stranger});
    peers.python2.must_refuse("the hosted badge for somebody else", wrong);
    peers.ours_must_accept("the hosted badge", &service.verify(&json!({"url": badge.hosted})));
    hosted_values_are_shown_whatever_a_copy_says(service, badge, peers, &hosts);

    let signed = |jws: &str| json!({"input": jws, "hosts": hosts});
    peers.python2.must_accept("the signed badge", signed(&badge.jws));
    peers.ours_must_accept("the signed badge", &service.verify(&json!({"token": badge.jws})));
    for altered in every_part(&badge.jws) {
        let what = format!("the signed badge with {}", altered.what);
        peers.python2.must_refuse(&what, signed(&altered.value));
        peers.ours_must_refuse(&what, &service.verify(&json!({"token": altered.value})));
    }
}

/// A hosted badge is what its URL serves: an altered copy either leads there or nowhere.
fn hosted_values_are_shown_whatever_a_copy_says(
    service: &Service,
    badge: &Badge,
    peers: &mut Peers,
    hosts: &Value,
) {
    let served = service.document(&badge.hosted);
    let truth = service.verify(&json!({"url": badge.hosted}))["badge"].clone();
    assert!(truth.is_object(), "{truth}");
    let mut shown = 0;
    for altered in every_value(&served) {
        let report = service.verify(&json!({"credential": altered.value}));
        if report["verdict"] == "valid" {
            assert_eq!(report["badge"], truth, "an altered copy is shown: {}", altered.what);
            shown += 1;
        }
        let copy = json!({"input": altered.value.to_string(), "hosts": hosts});
        let mut copy = copy;
        copy["do"] = json!("verify");
        let answer = peers.python2.ask(&copy);
        if answer["accepted"] == true {
            let node = |id: &str| {
                let graph = answer["graph"].as_array().unwrap();
                graph.iter().find(|node| node["id"] == id).cloned().unwrap_or_default()
            };
            assert_eq!(node(&badge.hosted)["issuedOn"], served["issuedOn"], "{}", altered.what);
        }
    }
    assert!(shown > 0, "no altered copy led to the hosted badge");
    say(format_args!("hosted: {shown} altered copies lead to the badge as served"));
}

fn pictures(service: &Service, badge: &Badge, peers: &mut Peers) {
    let hosts = json!({service.public(): service.base});
    for (name, inside, bytes) in &badge.pictures {
        let file = STANDARD.encode(bytes);
        match inside {
            Inside::OpenBadges2 => {
                peers.python2.must_accept(name, json!({"file": file, "hosts": hosts}));
            }
            Inside::OpenBadges3 => {
                let question = json!({"file": file, "documents": badge.documents});
                peers.python3.must_accept(name, without_status(question));
            }
        }
        peers.ours_must_accept(name, &service.verify_file("badge", bytes));
    }
}

/// Revoking reaches every form at every verifier.
fn revocation(service: &Service, badge: &Badge, peers: &mut Peers) {
    let body = json!({"reason": "Minted for a test.", "publicReason": "Minted for a test."});
    let revoked = service.post(&format!("/v1/assertions/{}/revoke", badge.id), &body);
    assert_eq!(revoked["state"], "revoked", "{revoked}");
    let documents = badge.read_what_it_names(service);
    let ask = json!({"credential": badge.credential, "documents": documents});
    for peer in [&mut peers.bazaar, &mut peers.credentials] {
        peer.must_refuse("a revoked badge", ask.clone());
    }
    let hosts = json!({service.public(): service.base});
    for input in [&badge.hosted, &badge.jws] {
        peers.python2.must_refuse("a revoked badge", json!({"input": input, "hosts": hosts}));
    }
    for question in [
        json!({"credential": badge.credential}),
        json!({"token": badge.jws}),
        json!({"token": badge.jwt}),
        json!({"url": badge.hosted}),
    ] {
        let report = service.verify(&question);
        assert_eq!(report["verdict"], "invalid", "{report:#}");
        assert_eq!(report["answers"]["inForce"]["answer"], "no", "{report:#}");
    }
}

fn token(service: &Service, url: &str) -> String {
    let answer = service.get(url, "*/*");
    assert_eq!(answer.status, 200, "GET {url}: {}", answer.text());
    answer.text().trim().to_owned()
}

fn header(jwt: &str) -> Value {
    let header = jwt.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

fn with_query(url: &str, query: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}
