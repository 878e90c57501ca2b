//! Fifty hostile texts in every field that platforms and people write, and every output that is made of
//! them: each has the structure that it has with harmless words, and nothing besides.

mod strings;
mod structure;

use std::collections::BTreeMap;

use accolade::baking;
use accolade::config::MailTransport;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use crate::api::platform::Platform;
use crate::app::{Answer, TestApp};
use crate::require::say;
use strings::HOSTILE;

/// What stands in the fields of one badge.
struct Fields {
    /// The number of the round; none for harmless words.
    round: Option<usize>,
    /// How many fields have been filled.
    filled: usize,
    /// Whether each field has got each group, by field.
    got: BTreeMap<usize, usize>,
}

impl Fields {
    fn group(&mut self) -> Option<[&'static str; 5]> {
        let field = self.filled;
        self.filled += 1;
        let group = (self.round? + field) % HOSTILE.len();
        self.got.insert(field, group);
        Some(HOSTILE[group])
    }

    /// All texts of the next group, as one.
    fn text(&mut self) -> Value {
        match self.group() {
            Some(group) => group.join(" ").into(),
            None => "harmless words".into(),
        }
    }

    /// The same without what a field of one line refuses.
    fn line(&mut self) -> Value {
        let text = self.text();
        let line: String = text.as_str().unwrap().chars().filter(|c| !c.is_control()).collect();
        line.into()
    }

    /// As many texts of the next group, from its beginning, as a field of 100 characters takes.
    fn short(&mut self) -> Value {
        let text = self.line();
        text.as_str().unwrap().chars().take(100).collect::<String>().into()
    }

    /// Each text of the next group by itself.
    fn list(&mut self) -> Value {
        match self.group() {
            Some(group) => json!(group),
            None => json!(["one", "two", "three", "four", "five"]),
        }
    }

    /// An address that ends in the texts of the next group, without the characters that addresses
    /// must not have.
    fn url(&mut self, host: &str) -> Value {
        let text = self.line();
        let allowed = |c: &char| c.is_ascii_graphic() && !"\\<>\"{}|^`#".contains(*c);
        let text: String = text.as_str().unwrap().chars().filter(allowed).collect();
        format!("https://{host}.example.org/{text}").into()
    }

    fn issuer(&mut self) -> Value {
        json!({
            "name": self.text(),
            "url": self.url("issuer"),
            "email": "badges@riverside.example.org",
            "description": self.text(),
            "otherIdentifier": [
                { "identifier": self.text(), "identifierType": "ext:LinkedIn:organizationId" },
            ],
            "parentOrg": { "id": self.url("parent"), "name": self.text() },
            "image": SVG,
        })
    }

    fn class(&mut self, issuer: &Value, genre: &Value) -> Value {
        json!({
            "issuer": issuer["id"],
            "name": self.text(),
            "description": self.text(),
            "achievementType": "MicroCredential",
            "criteria": { "narrative": self.text(), "url": self.url("criteria") },
            "alignment": [{
                "targetName": self.text(),
                "targetUrl": self.url("framework"),
                "targetCode": self.text(),
                "targetFramework": self.text(),
                "targetDescription": self.text(),
                "targetType": "CFItem",
            }],
            "resultDescription": [{
                "code": "lead",
                "name": self.text(),
                "resultType": "RubricCriterionLevel",
                "requiredLevel": "meets",
                "rubricCriterionLevel": [
                    { "code": "begins", "name": self.text(), "level": self.text(), "description": self.text(), "points": self.short() },
                    { "code": "meets", "name": self.text(), "description": self.text() },
                ],
            }, { "code": "words", "name": self.text(), "resultType": "Result" }],
            "tags": self.list(),
            "requiredEvidence": [genre],
            "humanCode": self.text(),
            "fieldOfStudy": self.text(),
            "specialization": self.text(),
            "versionLabel": self.short(),
            "suspendable": true,
        })
    }

    fn award(&mut self, class: &Value, genre: &Value) -> Value {
        json!({
            "badgeClass": class["id"],
            "recipient": {
                "email": "amara.okafor@schools.example.org", "name": self.text(), "namePublic": true,
                "identifier": [{ "identifier": self.text(), "identifierType": "systemId" }],
            },
            "results": [
                { "resultDescription": "lead", "achievedLevel": "meets" },
                { "resultDescription": "words", "value": self.text() },
            ],
            "evidence": [{
                "url": self.url("portfolio"),
                "name": self.text(),
                "description": self.text(),
                "narrative": self.text(),
                "genre": genre,
                "audience": self.text(),
            }],
            "narrative": self.text(),
            "role": self.text(),
            "term": self.text(),
            "source": { "url": self.url("source"), "name": self.text() },
            "licenseNumber": self.text(),
            "externalId": self.line().as_str().map(|text| text.chars().take(200).collect::<String>()),
            "visibility": "public",
            "notify": true,
        })
    }
}

const SVG: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiPjxyZWN0IHdpZHRoPSI5IiBoZWlnaHQ9IjkiLz48L3N2Zz4=";

/// The structure of every output of one badge, by the name of the output.
type Outputs = BTreeMap<String, Vec<String>>;

/// What a round came to.
struct Round {
    outputs: Outputs,
    /// Tags that Markdown was turned into.
    markdown: Vec<String>,
    /// The texts of the credential and what was sent for it.
    fields: usize,
    got: BTreeMap<usize, usize>,
}

fn header_names(answer: &Answer) -> String {
    // Framing depends on the length.
    let names = answer.headers.keys().map(|name| name.as_str());
    let mut names: Vec<&str> =
        names.filter(|name| !["content-length", "transfer-encoding"].contains(name)).collect();
    names.sort_unstable();
    names.join(" ")
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// Notes an answer: its headers, and what it consists of.
fn note(outputs: &mut Outputs, markdown: &mut Vec<String>, name: &str, answer: &Answer) {
    let kind = answer.header("content-type").split(';').next().unwrap().to_owned();
    let text = answer.text();
    let body = match kind.as_str() {
        "text/html" => {
            markdown.extend(structure::markdown(&text));
            structure::of_page(&text)
        }
        "image/svg+xml" => structure::of_svg(&text),
        "image/png" => vec!["png".to_owned()],
        "application/pdf" => structure::of_pdf(&answer.body),
        "text/plain" => vec![text.split('.').count().to_string()],
        _ => vec![structure::of_json(&answer.json()).to_string()],
    };
    let known = outputs.insert(name.to_owned(), body);
    assert!(known.is_none(), "{name} twice");
    let headers = vec![answer.status.to_string(), kind, header_names(answer)];
    outputs.insert(format!("{name}, headers"), headers);
}

/// Makes a badge of these fields, and looks at all that comes of it.
async fn outputs(app: &TestApp, platform: &Platform<'_>, round: Option<usize>) -> Round {
    let mut fields = Fields { round, filled: 0, got: BTreeMap::new() };
    let (mut outputs, mut markdown) = (Outputs::new(), Vec::new());
    let mut made = Vec::new();
    let genre = fields.text();
    let mut bodies = Vec::new();
    let body = fields.issuer();
    let issuer = platform.post("/v1/issuers", &body).await.expect(201);
    made.push(("issuer answer", issuer));
    let issuer = made[0].1.json();
    bodies.push(body);
    let mut body = fields.class(&issuer, &genre);
    let mut class_image = json!({ "image": SVG, "alt": fields.text() });
    let image = platform.post("/v1/images", &class_image.take()).await.expect(201);
    // One badge class has a drawn picture, whose texts are ours; the other an uploaded one.
    let drawn = platform.post("/v1/badge-classes", &body).await.expect(201).json();
    body["image"] = image.json()["id"].clone();
    let class = platform.post("/v1/badge-classes", &body).await.expect(201);
    made.push(("image answer", image));
    made.push(("class answer", class));
    let class = made[2].1.json();
    bodies.push(body);
    let body = fields.award(&class, &genre);
    let award = platform.post("/v1/assertions", &body).await.expect(201);
    made.push(("award answer", award));
    let award = made[3].1.json();
    bodies.push(body);
    for (name, answer) in &made {
        note(&mut outputs, &mut markdown, name, answer);
    }
    let id = award["id"].as_str().unwrap();
    let badge = format!("/b/{id}");
    let link = encoded(award["url"].as_str().unwrap());
    let competency = app.get(&badge).header("Accept", "text/html").send().await.text();
    let own = |start: &str| {
        let found = competency.split("href=\"").find(|rest| rest.starts_with(start));
        found.and_then(|rest| rest.split('"').next()).expect("a link").to_owned()
    };
    let holder =
        app.post(&format!("/v1/assertions/{id}/holder-link")).token(&platform.token).send().await;
    let holder = holder.expect(201).json();
    let offer = platform.post(&format!("/v1/assertions/{id}/offers"), &json!({})).await;
    let offer = offer.expect(201).json();
    let class_path = app.path(class["url"].as_str().unwrap()).to_owned();
    let drawn_path = app.path(drawn["url"].as_str().unwrap()).to_owned();
    let issuer_path = format!("/issuers/{}", issuer["slug"].as_str().unwrap());
    let pages = [
        ("badge", badge.clone()),
        ("card", format!("{badge}/embed?v=1")),
        ("class", class_path.clone()),
        ("issuer", issuer_path.clone()),
        ("competency", own("/competencies/")),
        ("framework", own("/frameworks/")),
        ("result", format!("/verify?url={link}")),
        ("own page", app.path(holder["url"].as_str().unwrap()).to_owned()),
        ("offer", app.path(offer["url"].as_str().unwrap()).to_owned()),
    ];
    for (name, path) in &pages {
        for language in ["en", "es"] {
            let ask = app.get(path).header("Accept", "text/html");
            let answer = ask.header("Accept-Language", language).send().await.expect(200);
            note(&mut outputs, &mut markdown, &format!("{name} page, {language}"), &answer);
        }
    }
    let documents = [
        ("OB 3.0", format!("{badge}.json")),
        ("VC-JWT", format!("{badge}.jwt")),
        ("OB 2.0", format!("{badge}.json?v=2")),
        ("OB 2.0 signed", format!("{badge}.jwt?v=2")),
        ("PNG", format!("{badge}.png")),
        ("SVG", format!("{badge}.svg")),
        ("SVG of OB 2.0", format!("{badge}.svg?v=2")),
        ("drawn SVG", format!("{drawn_path}/image.svg")),
        ("PDF", format!("{badge}.pdf")),
        ("PDF in Spanish", format!("{badge}.pdf?lang=es")),
        ("QR", format!("{badge}/qr.svg")),
        ("oEmbed", format!("/oembed?url={link}")),
        ("class", class_path),
        ("issuer", issuer_path.clone()),
        ("DID document", format!("{issuer_path}/did.json")),
        ("competency", own("/competencies/")),
        ("framework", own("/frameworks/")),
        ("OB 2.0 issuer", format!("/ob2{issuer_path}/k/2")),
    ];
    let mut credential = Value::Null;
    for (name, path) in &documents {
        let answer = app.get(path).send().await.expect(200);
        note(&mut outputs, &mut markdown, &format!("{name} document"), &answer);
        match *name {
            "OB 3.0" => credential = answer.json(),
            "PNG" | "SVG" | "PDF" => {
                let inside = match *name {
                    "PDF" => baking::pdf::unbake(&answer.body).unwrap(),
                    _ => baking::unbake(&answer.body).unwrap().content,
                };
                let inside: Value = serde_json::from_str(inside.as_str()).unwrap();
                assert_eq!(inside, credential, "{name}");
            }
            "oEmbed" => {
                let card = answer.json()["html"].as_str().unwrap().to_owned();
                outputs.insert("card of oEmbed".to_owned(), structure::of_page(&card));
            }
            _ => {}
        }
    }
    survives(&bodies, &credential);
    // A stranger's badge that says the same, altered.
    credential["name"] = "altered".into();
    let form = format!("credential={}", encoded(&credential.to_string()));
    let kind = "application/x-www-form-urlencoded";
    let answer = app.post("/verify").body(kind, form).send().await.expect(200);
    note(&mut outputs, &mut markdown, "altered page", &answer);
    let report = json!({ "credential": credential });
    let answer = platform.post("/v1/verifications", &report).await.expect(200);
    note(&mut outputs, &mut markdown, "report", &answer);

    outputs.insert("mail".to_owned(), mail(app).await);
    let why = json!({ "reason": fields.text(), "publicReason": fields.text() });
    platform.post(&format!("/v1/assertions/{id}/revoke"), &why).await.expect(200);
    for (name, path) in [
        ("revoked", badge.clone()),
        ("revoked card", format!("{badge}/embed")),
        ("revoked result", format!("/verify?url={link}")),
    ] {
        let answer = app.get(&path).header("Accept", "text/html").send().await.expect(200);
        note(&mut outputs, &mut markdown, &format!("{name} page"), &answer);
    }
    let gone = app.get(&format!("/ob2/assertions/{id}")).send().await.expect(410);
    note(&mut outputs, &mut markdown, "withdrawn", &gone);
    outputs.insert("failures".to_owned(), failures(app, platform, &mut fields, &class).await);
    Round { outputs, markdown, fields: fields.filled, got: fields.got }
}

/// What was sent stands in the credential, word for word.
fn survives(bodies: &[Value], credential: &Value) {
    let mut sent = Vec::new();
    structure::texts(
        &json!([
            bodies[0]["name"],
            bodies[1]["name"],
            bodies[1]["alignment"],
            bodies[1]["criteria"],
            bodies[2]["evidence"],
            bodies[2]["narrative"]
        ]),
        &mut sent,
    );
    let mut found = Vec::new();
    structure::texts(credential, &mut found);
    for text in sent {
        // Ends are trimmed where white space means nothing.
        assert!(
            found.iter().any(|known| known.trim() == text.trim()),
            "{text} is lost: {credential}"
        );
    }
}

/// The names of the headers of the message that leaves, and how many it goes to.
async fn mail(app: &TestApp) -> Vec<String> {
    app.app.outbox.step().await.unwrap();
    let folder = app.app.config.store.path.join("mail");
    let mut names = Vec::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let message = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        let fields = head.lines().filter(|line| !line.starts_with([' ', '\t']));
        names.extend(fields.map(|line| line.split(':').next().unwrap().to_owned()));
        let unfolded = head.replace("\r\n ", " ");
        let to = unfolded.lines().find(|line| line.starts_with("To:")).unwrap();
        assert_eq!(to.matches('@').count(), 1, "{to}");
        assert!(to.ends_with("<amara.okafor@schools.example.org>"), "{to}");
    }
    names
}

/// How many cells each row of the file of refused rows has; none begins like a formula.
async fn failures(
    app: &TestApp,
    platform: &Platform<'_>,
    fields: &mut Fields,
    class: &Value,
) -> Vec<String> {
    let quoted = |text: &Value| format!("\"{}\"", text.as_str().unwrap().replace('"', "\"\""));
    let mut file = "email,badge class,name,narrative,role,external id\r\n".to_owned();
    for _ in 0..HOSTILE.len() {
        let cells: Vec<String> = (0..4).map(|_| quoted(&fields.text())).collect();
        file += &format!("nobody,{},{}\r\n", class["id"].as_str().unwrap(), cells.join(","));
    }
    let ask = app.post("/v1/batches").token(&platform.token).body("text/csv", file);
    let batch = ask.send().await.expect(202).json();
    while app.app.batches.step().await.unwrap() {}
    let path = format!("/v1/batches/{}/failures", batch["id"].as_str().unwrap());
    let answer = platform.get(&path).await.expect(200);
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let rows = rows_of(&answer.text());
    for cell in rows.iter().flatten() {
        let bare = cell.trim_start();
        assert!(!bare.starts_with(['=', '+', '-', '@', '|', '%', '＝']), "{cell}");
        assert!(!cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
    }
    rows.iter().map(|row| row.len().to_string()).collect()
}

/// CSV (RFC 4180) as its readers split it.
fn rows_of(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut open) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if open && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => open = !open,
            ',' if !open => row.push(std::mem::take(&mut cell)),
            '\r' if !open => {}
            '\n' if !open => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    assert!(!open && cell.is_empty() && row.is_empty(), "the last line ends");
    rows
}

/// What Markdown may become. Links lead to the web or to an address for mail.
const MARKDOWN: [&str; 24] = [
    "p",
    "em",
    "strong",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "h5",
    "h6",
    "del",
    "br",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "sup",
    "a",
];

#[actix_web::test]
async fn no_text_makes_an_element_an_attribute_a_header_or_a_formula_anywhere() {
    let app = TestApp::start_with(|config| {
        config.server.public_url = Some("https://badges.example.org".to_owned());
        config.mail.transport = Some(MailTransport::File);
        config.limits.enabled = false;
    })
    .await;
    let platform = Platform::new(&app).await;
    let harmless = outputs(&app, &platform, None).await;
    let mut pairs = std::collections::BTreeSet::new();
    for round in 0..HOSTILE.len() {
        let hostile = outputs(&app, &platform, Some(round)).await;
        pairs.extend(hostile.got.iter().map(|(field, group)| (*field, *group)));
        assert_eq!(
            hostile.outputs.keys().collect::<Vec<_>>(),
            harmless.outputs.keys().collect::<Vec<_>>()
        );
        for (name, found) in &hostile.outputs {
            let wanted = &harmless.outputs[name];
            let more: Vec<_> = found.iter().filter(|part| !wanted.contains(part)).collect();
            assert!(found == wanted, "round {round}, {name}: {more:?}");
        }
        for tag in &hostile.markdown {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            assert!(MARKDOWN.contains(&name), "round {round}: <{tag}> from Markdown");
            let bad = ["href=javascript", "href=data", "href=vbscript", " on", "style", "src"];
            assert!(
                !bad.iter().any(|bad| tag.contains(bad)),
                "round {round}: <{tag}> from Markdown"
            );
        }
    }
    assert_eq!(pairs.len(), harmless.fields * HOSTILE.len(), "every field has had every text");
    say(format_args!(
        "injections: {} texts in each of {} fields, {} outputs of each badge of the same structure",
        HOSTILE.len() * HOSTILE[0].len(),
        harmless.fields,
        harmless.outputs.len()
    ));
}
