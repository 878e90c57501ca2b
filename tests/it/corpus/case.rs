//! A case: what it is made of, how it is written and read, and what makes its verdict wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use accolade::resolve::sha256_hex;
use serde_json::{Map, Value, json};

use super::issuer;

/// Documents by their URL.
pub(crate) type Web = BTreeMap<String, Page>;

/// What is answered under a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) location: Option<String>,
    /// The connection ends without an answer.
    pub(crate) unreachable: bool,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn json(value: &Value) -> Self {
        Self::text("application/json", &value.to_string())
    }

    pub(crate) fn text(content_type: &str, body: &str) -> Self {
        let content_type = content_type.to_owned();
        Self { content_type, body: body.as_bytes().to_vec(), ..Self::status(200) }
    }

    pub(crate) fn status(status: u16) -> Self {
        let content_type = "text/plain".to_owned();
        Self { status, content_type, location: None, unreachable: false, body: Vec::new() }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { location: Some(to.to_owned()), ..Self::status(302) }
    }

    pub(crate) fn unreachable() -> Self {
        Self { unreachable: true, ..Self::status(0) }
    }
}

/// What is verified.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Url(String),
    File { path: PathBuf, bytes: Vec<u8> },
}

/// One badge, and what must be said of it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `family/fault`.
    pub(crate) id: String,
    /// The fault in words.
    pub(crate) fault: String,
    pub(crate) input: Input,
    pub(crate) web: Web,
    pub(crate) at: String,
    pub(crate) policy: String,
    pub(crate) recipient: Option<Value>,
    pub(crate) verdict: String,
    /// Checks that fail and so name the fault; others may fail for the same reason.
    pub(crate) fails: BTreeSet<String>,
    /// Checks that cannot be made.
    pub(crate) unknown: BTreeSet<String>,
}

impl Case {
    /// A case that is valid, on the issuer's whole web.
    pub(crate) fn new(id: &str, fault: &str, input: Input) -> Self {
        Self {
            id: id.to_owned(),
            fault: fault.to_owned(),
            input,
            web: issuer::site(),
            at: issuer::NOW.to_owned(),
            policy: "default".to_owned(),
            recipient: None,
            verdict: "valid".to_owned(),
            fails: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    pub(crate) fn json(id: &str, fault: &str, badge: &Value) -> Self {
        Self::bytes(id, fault, "json", badge.to_string().into_bytes())
    }

    pub(crate) fn token(id: &str, fault: &str, token: &str) -> Self {
        Self::bytes(id, fault, "jwt", token.as_bytes().to_vec())
    }

    pub(crate) fn bytes(id: &str, fault: &str, extension: &str, bytes: Vec<u8>) -> Self {
        let path = PathBuf::from(format!("inputs/{}.{extension}", id.replace('/', "--")));
        Self::new(id, fault, Input::File { path, bytes })
    }

    pub(crate) fn url(id: &str, fault: &str, url: &str) -> Self {
        Self::new(id, fault, Input::Url(url.to_owned()))
    }

    pub(crate) fn invalid(mut self, fails: &[&str]) -> Self {
        self.verdict = "invalid".to_owned();
        self.fails.extend(fails.iter().map(|id| (*id).to_owned()));
        self
    }

    pub(crate) fn indeterminate(mut self, unknown: &[&str]) -> Self {
        self.verdict = "indeterminate".to_owned();
        self.and_unknown(unknown)
    }

    /// Further checks that cannot be made, in a case that is decided otherwise.
    pub(crate) fn and_unknown(mut self, unknown: &[&str]) -> Self {
        self.unknown.extend(unknown.iter().map(|id| (*id).to_owned()));
        self
    }

    pub(crate) fn page(mut self, url: &str, page: Page) -> Self {
        self.web.insert(url.to_owned(), page);
        self
    }

    pub(crate) fn at(mut self, at: &str) -> Self {
        self.at = at.to_owned();
        self
    }

    pub(crate) fn policy(mut self, policy: &str) -> Self {
        self.policy = policy.to_owned();
        self
    }

    pub(crate) fn recipient(mut self, recipient: Value) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// What is wrong with a report, if anything is.
    pub(crate) fn differs_from(&self, report: &Value) -> Option<String> {
        let with = |outcome: &str| -> BTreeSet<String> {
            let checks = report["checks"].as_array().into_iter().flatten();
            checks
                .filter(|check| check["outcome"] == outcome)
                .map(|check| check["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let (fails, unknown) = (with("fail"), with("unknown"));
        if report["verdict"] == self.verdict.as_str()
            && self.fails.is_subset(&fails)
            && self.unknown.is_subset(&unknown)
        {
            return None;
        }
        let messages: Vec<String> = report["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|check| check["outcome"] == "fail" || check["outcome"] == "unknown")
            .map(|check| format!("    {}: {} {}", check["id"], check["outcome"], check["message"]))
            .collect();
        Some(format!(
            "{} ({})\n  expected {} fails {:?} unknown {:?}\n  found {} fails {fails:?} unknown {unknown:?}\n{}",
            self.id,
            self.fault,
            self.verdict,
            self.fails,
            self.unknown,
            report["verdict"],
            messages.join("\n")
        ))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus")
}

/// Writes manifest, inputs and webs. Each document of the webs is there once.
pub(crate) fn write(cases: &[Case]) {
    let folder = folder();
    let _ = std::fs::remove_dir_all(folder.join("inputs"));
    let _ = std::fs::remove_dir_all(folder.join("web"));
    std::fs::create_dir_all(folder.join("inputs")).unwrap();
    std::fs::create_dir_all(folder.join("web")).unwrap();
    // The web that most cases see stands there once.
    let site = issuer::site();
    let usual: Map<String, Value> =
        site.iter().map(|(url, page)| (url.clone(), page_entry(&folder, url, page))).collect();
    let entries: Vec<Value> = cases.iter().map(|case| entry(&folder, case, &site)).collect();
    let manifest = json!({ "usualWeb": usual, "cases": entries });
    let text = serde_json::to_string_pretty(&manifest).unwrap();
    std::fs::write(folder.join("manifest.json"), text + "\n").unwrap();
}

fn entry(folder: &Path, case: &Case, site: &Web) -> Value {
    let mut entry = json!({ "id": case.id, "fault": case.fault });
    match &case.input {
        Input::Url(url) => entry["url"] = json!(url),
        Input::File { path, bytes } => {
            std::fs::write(folder.join(path), bytes).unwrap();
            entry["file"] = json!(path);
        }
    }
    let mut web = Map::new();
    for (url, page) in &case.web {
        if site.get(url) != Some(page) {
            web.insert(url.clone(), page_entry(folder, url, page));
        }
    }
    for url in site.keys().filter(|url| !case.web.contains_key(*url)) {
        web.insert(url.clone(), json!({ "status": 404 }));
    }
    if !web.is_empty() {
        entry["web"] = Value::Object(web);
    }
    entry["at"] = json!(case.at);
    if case.policy != "default" {
        entry["policy"] = json!(case.policy);
    }
    if let Some(recipient) = &case.recipient {
        entry["recipient"] = recipient.clone();
    }
    entry["verdict"] = json!(case.verdict);
    if !case.fails.is_empty() {
        entry["fails"] = json!(case.fails);
    }
    if !case.unknown.is_empty() {
        entry["unknown"] = json!(case.unknown);
    }
    entry
}

fn page_entry(folder: &Path, url: &str, page: &Page) -> Value {
    if page.unreachable {
        return json!({ "unreachable": true });
    }
    let mut entry = json!({ "status": page.status });
    if let Some(location) = &page.location {
        entry["location"] = json!(location);
    }
    if !page.body.is_empty() {
        let name: String = url
            .trim_start_matches("https://")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
            .take(60)
            .collect();
        let digest: String = sha256_hex(&page.body).chars().take(8).collect();
        // Large ones are there once, whatever their address.
        let name = if page.body.len() > 100_000 { "large" } else { &name };
        let path = format!("web/{name}-{digest}");
        std::fs::write(folder.join(&path), &page.body).unwrap();
        entry["body"] = json!(path);
        entry["contentType"] = json!(page.content_type);
    }
    entry
}

/// The corpus as it stands on disk.
pub(crate) fn read() -> Vec<Case> {
    let folder = folder();
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    let pages = |web: &Value| -> Web {
        let members = web.as_object().into_iter().flatten();
        members.map(|(url, entry)| (url.clone(), read_page(&folder, entry))).collect()
    };
    let usual = pages(&manifest["usualWeb"]);
    let texts = |value: &Value| -> BTreeSet<String> {
        value.as_array().into_iter().flatten().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let cases = manifest["cases"].as_array().unwrap().iter();
    cases
        .map(|entry| {
            let input = match entry["url"].as_str() {
                Some(url) => Input::Url(url.to_owned()),
                None => {
                    let path = folder.join(entry["file"].as_str().unwrap());
                    let bytes = std::fs::read(&path).unwrap();
                    Input::File { path, bytes }
                }
            };
            let mut web = usual.clone();
            web.extend(pages(&entry["web"]));
            Case {
                id: text(&entry["id"]),
                fault: text(&entry["fault"]),
                input,
                web,
                at: text(&entry["at"]),
                policy: entry["policy"].as_str().unwrap_or("default").to_owned(),
                recipient: entry.get("recipient").cloned(),
                verdict: text(&entry["verdict"]),
                fails: texts(&entry["fails"]),
                unknown: texts(&entry["unknown"]),
            }
        })
        .collect()
}

fn read_page(folder: &Path, entry: &Value) -> Page {
    if entry["unreachable"] == true {
        return Page::unreachable();
    }
    let status = u16::try_from(entry["status"].as_u64().unwrap()).unwrap();
    let body = entry["body"].as_str().map(|path| std::fs::read(folder.join(path)).unwrap());
    Page {
        status,
        content_type: entry["contentType"].as_str().unwrap_or("text/plain").to_owned(),
        location: entry["location"].as_str().map(str::to_owned),
        unreachable: false,
        body: body.unwrap_or_default(),
    }
}
