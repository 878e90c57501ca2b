//! `openapi.yaml` is the contract: what the routes do and what passes over the wire is held to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use accolade::api::problem::ROWS;
use accolade::api::routes::{self, Access, Method, Route, Trait};
use serde_json::{Map, Value, json};

use crate::require::say;

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

struct Contract {
    document: Value,
}

/// A request and its answer.
pub(crate) struct Exchange<'a> {
    /// The method.
    pub(crate) method: &'a str,
    /// Path and query.
    pub(crate) path: &'a str,
    /// The content type of the request.
    pub(crate) sent_type: Option<&'a str>,
    /// The body of the request.
    pub(crate) sent: &'a [u8],
    /// The status of the answer.
    pub(crate) status: u16,
    /// The content type of the answer.
    pub(crate) came_type: Option<&'a str>,
    /// The body of the answer.
    pub(crate) came: &'a [u8],
}

/// Holds an exchange to the contract: the status and the media type are documented for the
/// operation, the answer is what its schema says, and a request that was accepted is too.
#[track_caller]
pub(crate) fn hold(exchange: &Exchange<'_>) {
    if let Err(complaint) = CONTRACT.judge(exchange) {
        panic!("{} {} → {}: {complaint}", exchange.method, exchange.path, exchange.status);
    }
}

/// The JSON body that the contract gives as an example for an operation.
pub(crate) fn example(path: &str, method: &str) -> Option<Value> {
    let operation = &CONTRACT.document["paths"][path][method.to_lowercase()];
    let body = CONTRACT.resolved(&operation["requestBody"]);
    let content = &body["content"]["application/json"];
    let several = content["examples"].as_object();
    let first = several.and_then(|examples| examples.values().next());
    let first = first.map(|example| CONTRACT.resolved(example)["value"].clone());
    first.or_else(|| Some(content["example"].clone())).filter(|example| !example.is_null())
}

/// The parameters in the query of an operation that are ids, with what these begin with.
pub(crate) fn id_parameters(path: &str, method: &str) -> Vec<(String, String)> {
    let operation = &CONTRACT.document["paths"][path][method.to_lowercase()];
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .map(|parameter| CONTRACT.resolved(parameter))
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| {
            let pattern = CONTRACT.resolved(&parameter["schema"])["pattern"].as_str()?;
            let prefix = pattern.strip_prefix('^')?.split_once("_[0-9A-Za-z]{22}")?.0;
            Some((parameter["name"].as_str()?.to_owned(), prefix.to_owned()))
        })
        .collect()
}

impl Contract {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
        let text = std::fs::read_to_string(path).expect("openapi.yaml");
        Self { document: yaml_serde::from_str(&text).expect("openapi.yaml is YAML") }
    }

    /// What stands at `value`, references followed.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                let found = self.document.pointer(pointer);
                self.resolved(found.unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
            None => value,
        }
    }

    /// The template of a path and its item. A template without parameters wins, then the longest.
    fn item(&self, path: &str) -> Option<(&str, &Value)> {
        let path = path.split('?').next().unwrap_or(path);
        let paths = self.document["paths"].as_object()?;
        let fits = paths.iter().filter(|(template, _)| matches_template(template, path));
        fits.max_by_key(|(template, _)| (!template.contains('{'), template.len()))
            .map(|(template, item)| (template.as_str(), item))
    }

    fn judge(&self, exchange: &Exchange<'_>) -> Result<(), String> {
        let Some((template, item)) = self.item(exchange.path) else {
            return if exchange.status == 404 { Ok(()) } else { Err("no such path".to_owned()) };
        };
        let method = match exchange.method {
            "HEAD" => "get".to_owned(),
            other => other.to_lowercase(),
        };
        let operation = &item[&method];
        if operation.is_null() {
            let expected = matches!(exchange.status, 204 | 405);
            return if expected { Ok(()) } else { Err(format!("{template} lacks {method}")) };
        }
        let answer = &operation["responses"][exchange.status.to_string()];
        if answer.is_null() {
            return Err(format!("this status is not documented for {template}"));
        }
        let answer = self.resolved(answer);
        if exchange.method != "HEAD" {
            self.body(&answer["content"], exchange.came_type, exchange.came)
                .map_err(|complaint| format!("answer: {complaint}"))?;
        }
        if exchange.status < 300 && !exchange.sent.is_empty() {
            let body = self.resolved(&operation["requestBody"]);
            self.body(&body["content"], exchange.sent_type, exchange.sent)
                .map_err(|complaint| format!("accepted request: {complaint}"))?;
        }
        Ok(())
    }

    fn body(&self, content: &Value, media_type: Option<&str>, bytes: &[u8]) -> Result<(), String> {
        let documented: Vec<&String> =
            content.as_object().into_iter().flat_map(Map::keys).collect();
        let Some(media_type) = media_type else {
            return match (documented.is_empty(), bytes.is_empty()) {
                (true, true) => Ok(()),
                (_, true) => Err(format!("no body where {documented:?} is documented")),
                (_, false) => Err("a body without a content type".to_owned()),
            };
        };
        let essence = media_type.split(';').next().unwrap_or(media_type).trim();
        let Some(found) = content.get(essence) else {
            return Err(format!("{essence} is not documented, there are {documented:?}"));
        };
        if !(essence.ends_with("json")) || found["schema"].is_null() {
            return Ok(());
        }
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
        self.holds_schema(&found["schema"], &value)
    }

    fn holds_schema(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.document["components"],
        });
        let validator = jsonschema::draft202012::new(&whole)
            .map_err(|error| format!("the schema itself: {error}"))?;
        let complaints: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }

    /// Every operation by path and method.
    fn operations(&self) -> BTreeMap<(String, String), &Value> {
        let mut operations = BTreeMap::new();
        for (path, item) in self.document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("a path item") {
                if ["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                    operations.insert((path.clone(), method.to_uppercase()), operation);
                }
            }
        }
        operations
    }
}

/// Whether a path fits a template; a parameter takes at least one character and no slash.
fn matches_template(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted.iter().zip(&given).all(|(wanted, given)| match wanted.split_once('{') {
            None => wanted == given,
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                given.len() > before.len() + after.len()
                    && given.starts_with(before)
                    && given.ends_with(after)
            }
        })
}

/// The statuses that the route table promises.
fn promised(route: &Route) -> BTreeMap<u16, BTreeSet<&'static str>> {
    let mut promised: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for (status, types) in route.answers {
        promised.entry(*status).or_default().extend(*types);
    }
    for kind in route.problems() {
        let types = promised.entry(kind.row().status).or_default();
        types.insert("application/problem+json");
        if !routes::is_for_programs(route.path) {
            types.insert("text/html");
        }
    }
    promised
}

#[test]
fn every_route_status_and_media_type_stands_on_both_sides() {
    let documented = CONTRACT.operations();
    let mut wrong = Vec::new();
    let mut statuses = 0;
    let in_table: BTreeSet<(String, String)> = routes::all()
        .map(|route| (route.path.to_owned(), route.method.as_str().to_owned()))
        .collect();
    for (path, method) in documented.keys() {
        if !in_table.contains(&(path.clone(), method.clone())) {
            wrong.push(format!("{method} {path}: documented, but no route"));
        }
    }
    for route in routes::all() {
        let name = format!("{} {}", route.method.as_str(), route.path);
        let key = (route.path.to_owned(), route.method.as_str().to_owned());
        let Some(operation) = documented.get(&key) else {
            wrong.push(format!("{name}: a route, but not documented"));
            continue;
        };
        let promised = promised(route);
        let answers = operation["responses"].as_object().expect("responses");
        for (status, types) in &promised {
            statuses += 1;
            let answer = operation["responses"].get(status.to_string());
            let Some(answer) = answer.map(|answer| CONTRACT.resolved(answer)) else {
                wrong.push(format!("{name}: {status} is not documented"));
                continue;
            };
            let there: BTreeSet<&str> = answer["content"]
                .as_object()
                .map(|content| content.keys().map(String::as_str).collect())
                .unwrap_or_default();
            if there != *types {
                wrong.push(format!("{name}: {status} has {types:?}, documented is {there:?}"));
            }
        }
        for status in answers.keys() {
            if !promised.keys().any(|known| known.to_string() == *status) {
                wrong.push(format!("{name}: {status} is documented, but does not happen"));
            }
        }
        let body = CONTRACT.resolved(&operation["requestBody"]);
        let read: BTreeSet<&str> = body["content"]
            .as_object()
            .map(|content| content.keys().map(String::as_str).collect())
            .unwrap_or_default();
        if read != route.body.iter().copied().collect() {
            wrong.push(format!("{name}: reads {:?}, documented is {read:?}", route.body));
        }
        let parameters: Vec<&Value> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| CONTRACT.resolved(parameter))
            .collect();
        for (given, header) in
            [(Trait::Idempotent, "Idempotency-Key"), (Trait::Conditional, "If-Match")]
        {
            let there = parameters.iter().any(|parameter| parameter["name"] == header);
            if there != route.traits.contains(&given) {
                wrong.push(format!("{name}: {header} stands on one side only"));
            }
        }
        let open = operation["security"].as_array().is_some_and(Vec::is_empty);
        if open != (route.access == Access::Open) {
            wrong.push(format!("{name}: who may call differs"));
        }
        for parameter in route.path.split('{').skip(1) {
            let parameter = parameter.split('}').next().unwrap_or_default();
            let there = parameters.iter().any(|p| p["name"] == parameter && p["in"] == "path");
            if !there {
                wrong.push(format!("{name}: the path parameter {parameter} is not documented"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(routes::all().any(|route| route.method == Method::Post), "there are operations");
    say(format_args!(
        "openapi: {} operations and {statuses} statuses, the same on both sides",
        routes::all().count()
    ));
}

#[test]
fn every_kind_of_problem_is_documented() {
    let schema = &CONTRACT.document["components"]["schemas"]["Problem"];
    let text = schema["properties"]["type"]["description"].as_str().unwrap_or_default();
    for row in ROWS {
        assert!(text.contains(&format!("`{}`", row.slug)), "{} is not documented", row.slug);
    }
}

#[test]
fn every_example_holds_to_its_schema() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for ((path, method), operation) in CONTRACT.operations() {
        let answers = operation["responses"].as_object().into_iter().flatten();
        let bodies = answers.map(|(_, answer)| answer).chain([&operation["requestBody"]]);
        for body in bodies.filter(|body| !body.is_null()) {
            let content =
                CONTRACT.resolved(body)["content"].as_object().cloned().unwrap_or_default();
            for (media_type, content) in content {
                let several = content["examples"].as_object().cloned().unwrap_or_default();
                let values = several.values().map(|example| &CONTRACT.resolved(example)["value"]);
                for example in values.chain([&content["example"]]).filter(|value| !value.is_null())
                {
                    checked += 1;
                    if let Err(complaint) = CONTRACT.holds_schema(&content["schema"], example) {
                        wrong.push(format!("{method} {path} {media_type}: {complaint}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 0, "openapi.yaml has no examples");
    say(format_args!("openapi: {checked} examples, each what its schema says"));
}

#[test]
fn an_exchange_that_breaks_the_contract_is_noticed() {
    let good = |status: u16, came: &'static [u8]| Exchange {
        method: "GET",
        path: "/livez",
        sent_type: None,
        sent: b"",
        status,
        came_type: Some("application/json"),
        came,
    };
    let judge = |exchange: Exchange<'_>| CONTRACT.judge(&exchange);
    assert_eq!(judge(good(200, b"{\"status\":\"ok\"}")), Ok(()));
    assert!(judge(good(418, b"{\"status\":\"ok\"}")).unwrap_err().contains("status"));
    assert!(judge(good(200, b"{\"status\":7}")).unwrap_err().contains("/status"));
    let page = Exchange { came_type: Some("text/html"), ..good(200, b"") };
    assert!(judge(page).unwrap_err().contains("text/html"));
    assert!(judge(Exchange { path: "/nowhere", ..good(200, b"") }).is_err());
    assert!(matches_template("/b/{id}.json", "/b/as_1.json"));
    assert!(!matches_template("/b/{id}.json", "/b/.json"));
    assert!(!matches_template("/b/{id}", "/b/a/b"));
}
