//! `openapi.yaml` in the hands of others: a linter, clients that are generated from it, and requests
//! of every sort that are made from it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::process::{installed, node_tool, python};
use super::service::Service;
use crate::require::{everything, say};

const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/node");

#[test]
fn the_contract_passes_the_linter() {
    let Some(mut redocly) = node_tool("redocly") else { return };
    redocly.args(["lint", "--config", "redocly.yaml", "--format", "json", CONTRACT]);
    let output = run(redocly.current_dir(NODE));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["totals"], json!({"errors": 0, "warnings": 0, "ignored": 0}), "{found:#}");
    assert!(output.status.success());
}

/// What a client does with the service: an issuer, a badge class, an award, a verification, a
/// revocation, another verification, and an award that is not there.
fn said(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(text.trim()).unwrap()
}

fn expected() -> Value {
    json!({"verdict": "valid", "badge": "Facilitator", "state": "revoked", "after": "invalid",
        "missing": 404})
}

#[test]
fn a_generated_python_client_mints_and_verifies() {
    let Some(generator) = installed("client", "bin/openapi-python-client") else { return };
    let Some(mut client) = python("client", "generated_client.py") else { return };
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.yaml");
    std::fs::write(&settings, "post_hooks: []\n").unwrap();
    let mut generate = Command::new(generator);
    generate.args(["generate", "--meta", "none", "--path", CONTRACT, "--config"]);
    generate.arg(settings).arg("--output-path").arg(folder.path().join("accolade_client"));
    let generated = run(&mut generate);
    assert!(generated.status.success(), "{}", String::from_utf8_lossy(&generated.stdout));

    let service = Service::start(None, &[]);
    client.arg(folder.path()).args([&service.base, &service.token]);
    assert_eq!(said(&run(&mut client)), expected());
}

#[test]
fn a_generated_typescript_client_compiles_mints_and_verifies() {
    let (Some(mut types), Some(mut compiler)) = (node_tool("openapi-typescript"), node_tool("tsc"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::os::unix::fs::symlink(Path::new(NODE).join("node_modules"), path.join("node_modules"))
        .unwrap();
    for file in ["client.mts", "tsconfig.json"] {
        std::fs::copy(Path::new(NODE).join(file), path.join(file)).unwrap();
    }
    // A member with a default may be left out of a request.
    types.args([CONTRACT, "--default-non-nullable", "false", "--output"]);
    let generated = run(types.arg(path.join("api.d.ts")));
    assert!(generated.status.success(), "{}", String::from_utf8_lossy(&generated.stderr));
    let compiled = run(compiler.args(["--project"]).arg(path));
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));

    let service = Service::start(None, &[]);
    let mut client = Command::new("node");
    client.arg(path.join("js/client.mjs")).args([&service.base, &service.token]);
    assert_eq!(said(&run(&mut client)), expected());
}

/// All phases of schemathesis, stateful ones included, over every operation: no answer is one that the
/// contract does not have, and none is a fault of the service.
#[test]
fn no_request_that_the_contract_suggests_gets_an_answer_it_does_not_have() {
    let Some(schemathesis) = installed("schemathesis", "bin/schemathesis") else { return };
    let service = Service::start_with(None, &[], &["--vc-api"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schemathesis.toml"), SETTINGS).unwrap();
    let seconds = if everything() { "150" } else { "30" };
    let mut command = Command::new(schemathesis);
    command.args(["run", CONTRACT, "--url", &service.base, "--max-time", seconds]);
    command.args(["--seed", "2026", "--max-examples", "20", "--warnings", "off", "--no-color"]);
    // How fast this machine is at the moment is not what is asked.
    command.args(["--suppress-health-check", "all", "--request-timeout", "60"]);
    command.args(["--checks", CHECKS]);
    command.arg("--header").arg(format!("Authorization: Bearer {}", service.token));
    let output = run(command.current_dir(folder.path()));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let cases = text.lines().find(|line| line.contains("generated")).map(str::trim);
    say(format_args!("schemathesis: {}", cases.expect("a count of cases")));
}

/// oEmbed 1.0 (§2.3.4) asks for 501 where a format is not offered: no fault of the service.
const SETTINGS: &str = "[[operations]]\ninclude-path = \"/oembed\"\n\
    checks.not_a_server_error.expected-statuses = [\"2xx\", \"3xx\", \"4xx\", 501]\n";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

fn run(command: &mut Command) -> Output {
    command.stdin(std::process::Stdio::null());
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}
