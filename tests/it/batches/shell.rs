//! `accolade award`, on the data directory itself and through the service that has it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::outcomes;
use super::programme::List;
use crate::cli::Service;
use crate::process::binary;
use crate::require::shared;

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(binary())
        .args(arguments)
        .current_dir(folder)
        .env_remove("ACCOLADE_REQUIRE")
        .output()
        .expect("it runs")
}

#[track_caller]
fn json(arguments: &[&str], folder: &Path) -> Value {
    let output = run(arguments, folder);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn a_file_is_awarded_from_the_shell_whether_the_service_runs_or_not() {
    let Some(shared) = shared() else { return };
    let list = List::read(&shared);
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("awards.csv"), list.file(';', true)).unwrap();
    for (at, definition) in list.definitions.iter().enumerate() {
        let name = format!("{at}.json");
        std::fs::write(here.join(&name), definition).unwrap();
        assert!(run(&["import", &name], here).status.success());
    }
    let award = ["award", "awards.csv", "--as-of", "2026-11-01", "--json"];
    let dry = json(&[&award[..], &["--dry-run"]].concat(), here);
    let first = json(&[&award[..], &["--failures", "failed.csv"]].concat(), here);
    for whole in [&dry, &first] {
        let rows = whole["rows"].as_array().unwrap();
        assert_eq!(outcomes(rows), list.expected());
    }
    assert_eq!(dry["counts"], first["counts"]);
    assert_eq!(first["state"], "done");
    let refused = first["counts"]["refused"].as_u64().unwrap() as usize;
    let failed = std::fs::read_to_string(here.join("failed.csv")).unwrap();
    assert_eq!(failed.trim_end().lines().count(), refused + 1);

    let service = Service::start(&["serve", "--listen", "127.0.0.1:0", "--json"], here);
    let again = json(&award, here);
    let carried = first["rows"].as_array().unwrap().iter().zip(again["rows"].as_array().unwrap());
    for (before, now) in carried {
        let early = ["refused:email", "refused:unknown-achievement", "refused:dates"];
        let due = before["outcome"].as_str().filter(|outcome| early.contains(outcome));
        assert_eq!(now["outcome"], due.unwrap_or("duplicate"), "{before} {now}");
    }
    let said = run(&["award", "awards.csv", "--as-of", "2026-11-01", "--dry-run"], here);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("129 rows: ") && said.contains("duplicate"), "{said}");
    drop(service);

    std::fs::write(here.join("m.json"), r#"{"colums":{}}"#).unwrap();
    for (arguments, code, word) in [
        (&["award", "nothing.csv"][..], 1, "nothing.csv"),
        (&["award", "awards.csv", "--as-of", "soon"], 2, "--as-of"),
        (&["award", "awards.csv", "--mapping", "m.json"], 1, "did you mean \"columns\"?"),
    ] {
        let refused = run(arguments, here);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(word), "{said}");
    }
}
