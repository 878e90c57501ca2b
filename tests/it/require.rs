//! What a test needs from outside the package, and what happens where it is missing: the test says
//! so in one line and is skipped, unless `ACCOLADE_REQUIRE=all` is set, as CI does; then it fails.

use std::fmt::Display;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of published contexts, schemas and vectors beside the package, when it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    component(
        "the folder ../shared of published contexts, schemas and vectors",
        path.canonicalize().ok(),
    )
}

/// Gives back what was found, or says that `name` is missing.
///
/// # Panics
///
/// With `ACCOLADE_REQUIRE=all` in the environment, when nothing was found.
#[track_caller]
pub(crate) fn component<T>(name: impl Display, found: Option<T>) -> Option<T> {
    if found.is_none() {
        let all = everything();
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        match missing(&test, name, all) {
            Ok(line) => say(line),
            Err(reason) => panic!("{reason}"),
        }
    }
    found
}

/// Whether `ACCOLADE_REQUIRE=all` asks for everything: nothing skipped, long runs in full length.
pub(crate) fn everything() -> bool {
    std::env::var_os("ACCOLADE_REQUIRE").is_some_and(|wanted| wanted == "all")
}

/// What to say about a missing component, or why its absence is a failure.
fn missing(test: &str, name: impl Display, all_required: bool) -> Result<String, String> {
    if all_required {
        return Err(format!(
            "{test} needs {name}, which is missing, and ACCOLADE_REQUIRE=all forbids skipping"
        ));
    }
    Ok(format!("skipped {test}: needs {name}"))
}

/// Prints one line past the test runner, which swallows the captured output of passing tests.
pub(crate) fn say(line: impl Display) {
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

#[test]
fn a_missing_component_skips_the_test_or_fails_it_where_all_are_required() {
    assert_eq!(component("something that is there", Some(7)), Some(7));
    assert_eq!(missing("t", "x", false).unwrap(), "skipped t: needs x");
    assert!(missing("t", "x", true).unwrap_err().contains("needs x"));
}

#[test]
fn the_shared_folder_is_found_by_its_contexts() {
    if let Some(shared) = shared() {
        assert!(shared.join("contexts/manifest.json").is_file());
    }
}
