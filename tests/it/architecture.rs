//! Keeps the sources as `src/lib.rs` and the README say they are: which module may use which, where
//! the outside may be touched, how long a file may be, and that every file named or written counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::require::{component, say};

/// The modules from the ground up; a module may use those of the rows below its own.
const LAYERS: &[&[&str]] = &[
    &["domain", "json", "language", "markdown", "world", "config", "urls", "telemetry"],
    &["linked_data", "wire", "proof", "baking", "status", "art", "certificate", "bundled"],
    &["resolve", "store", "mail"],
    &["issuer", "verifier", "programme", "outbox"],
    &["app"],
    &["api", "pages", "cli"],
];

/// Who may use whom within a row, each with its reason.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("domain", "world", "ids and salts are made of handed-in randomness"),
    ("urls", "domain", "a URL is built from ids and parsed into them"),
    ("config", "urls", "the public URL is checked where it is read"),
    ("config", "domain", "settings name durations and ids"),
    ("telemetry", "config", "what is logged is a setting"),
    ("proof", "linked_data", "a signature covers the canonical form"),
    ("bundled", "linked_data", "contexts are compiled once"),
    ("certificate", "art", "its letters, colours and QR code are those of pictures"),
    ("issuer", "verifier", "what is minted is judged before it leaves"),
    ("programme", "issuer", "a stack that is complete is minted"),
    ("cli", "api", "`serve` runs the routes"),
    ("api", "pages", "the badge link answers with a page or with data"),
];

/// Crates that may be named only in these files or folders of `src/`.
const CONFINED: &[(&str, &[&str])] = &[
    ("actix_web", &["api/", "pages/", "cli/", "app.rs", "app/"]),
    ("sled", &["store/sled.rs"]),
    ("reqwest", &["resolve/fetch.rs"]),
    ("lettre", &["mail/"]),
];

/// Modules without files, sockets, processes, environment or clock.
const PURE: &[&str] = &[
    "domain",
    "json",
    "linked_data",
    "wire",
    "baking",
    "status",
    "art",
    "certificate",
    "bundled",
    "verifier/checks",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "tokio::",
    "thread::sleep",
];

const LONGEST_FILE: usize = 500;
const SCREENFUL: usize = 300;
const NAMES_THAT_SAY_NOTHING: &[&str] =
    &["utils", "util", "helpers", "helper", "manager", "misc", "common"];

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut uses = 0;
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(from) = file.module() else { continue };
        for (line, to) in file.crate_paths() {
            if to == from {
                continue;
            }
            uses += 1;
            if let Err(reason) = may_use(&from, &to) {
                wrong.push(format!("src/{}:{line}: {from} → {to}: {reason}", file.path));
            }
        }
        for line in file.supers_that_leave_the_module() {
            wrong.push(format!(
                "src/{}:{line}: `super` reaches the crate root: say `crate::`",
                file.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(format_args!("architecture: {uses} uses of other modules, all downward"));
}

#[test]
fn the_layer_rule_itself_refuses_upward_and_sideways() {
    assert!(may_use("wire", "domain").is_ok());
    assert!(may_use("proof", "linked_data").is_ok());
    assert!(may_use("linked_data", "proof").is_err());
    assert!(may_use("domain", "wire").is_err());
    assert!(may_use("resolve", "store").is_err());
    assert!(may_use("store", "issuer").is_err());
    assert!(may_use("app", "api").is_err());
    assert!(may_use("wire", "nowhere").is_err());
    let file = Source::new(
        "wire/ob2/render.rs",
        "use crate::{domain::{Id, Text}, urls as u, proof::jws};\n// use crate::api;\nlet s = \"crate::cli\"; crate::store::x();\n\
         use super::super::super::json; mod inner { use super::super::x; }\n\
         #[cfg(test)]\nmod tests { use crate::api; }\n",
    );
    let found: Vec<String> = file.crate_paths().into_iter().map(|(_, to)| to).collect();
    assert_eq!(found, ["domain", "urls", "proof", "store"]);
    assert_eq!(file.supers_that_leave_the_module(), [4]);
    assert_eq!(file.lines_without_tests(), 4);
}

#[test]
fn the_outside_is_touched_only_where_it_belongs() {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in sources() {
        for (name, homes) in CONFINED {
            let at_home = homes.iter().any(|home| file.path.starts_with(home));
            for line in file.lines_naming_crate(name) {
                *found.entry(name).or_default() += 1;
                if !at_home {
                    wrong.push(format!("src/{}:{line}: {name} belongs in {homes:?}", file.path));
                }
            }
        }
        if PURE.iter().any(|pure| {
            file.path.starts_with(&format!("{pure}/")) || file.path == format!("{pure}.rs")
        }) {
            for (number, line) in file.code_lines() {
                for outside in IMPURE.iter().filter(|outside| line.contains(**outside)) {
                    wrong.push(format!("src/{}:{number}: {outside} in a pure module", file.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(format_args!("architecture: lines that name a confined crate, all at home: {found:?}"));
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let mut wrong = Vec::new();
    let mut longer_than_a_screenful = 0;
    let files: Vec<Source> = sources().chain(benches()).filter(|file| !file.is_tests()).collect();
    let mut lines = 0;
    for file in &files {
        let length = file.lines_without_tests();
        lines += length;
        longer_than_a_screenful += usize::from(length > SCREENFUL);
        if length > LONGEST_FILE {
            wrong.push(format!(
                "{}: {length} lines without tests, at most {LONGEST_FILE}",
                file.path
            ));
        }
        for part in file.path.trim_end_matches(".rs").split('/') {
            if NAMES_THAT_SAY_NOTHING.contains(&part) {
                wrong.push(format!("{}: `{part}` says nothing about what is in it", file.path));
            }
        }
    }
    if longer_than_a_screenful * 4 > files.len() {
        wrong.push(format!(
            "{longer_than_a_screenful} of {} files exceed {SCREENFUL} lines: most should not",
            files.len()
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(format_args!(
        "architecture: {} files, {lines} lines without tests, {longer_than_a_screenful} files over {SCREENFUL} lines, none over {LONGEST_FILE}",
        files.len()
    ));
}

#[test]
fn every_source_file_is_compiled() {
    let sources: BTreeMap<String, Source> =
        sources().map(|file| (file.path.clone(), file)).collect();
    let mut wrong = Vec::new();
    for path in sources.keys() {
        if matches!(path.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let bare = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let (parents, name) = match bare.rsplit_once('/') {
            Some((folder, name)) => {
                (vec![format!("{folder}/mod.rs"), format!("{folder}.rs")], name)
            }
            None => (vec!["lib.rs".to_owned(), "main.rs".to_owned()], bare),
        };
        let declaration = format!("mod {name};");
        let by_path = format!("#[path = \"{name}.rs\"]");
        let declared =
            parents.iter().filter_map(|parent| sources.get(parent)).any(|parent| {
                parent.all_code().any(|line| ends_with_word(line.trim(), &declaration))
            }) || sources.values().any(|file| {
                file.folder() == bare.rsplit_once('/').map_or("", |(folder, _)| folder)
                    && file.text.contains(&by_path)
            });
        if !declared {
            wrong.push(format!("src/{path} is not declared by its parent, so nothing compiles it"));
        }
    }
    let tests = root().join("tests/it");
    let main = std::fs::read_to_string(tests.join("main.rs")).unwrap();
    for file in files_below(&tests).iter().filter(|file| file.parent() == Some(&tests)) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "main" && !main.lines().any(|line| line == format!("mod {name};")) {
            wrong.push(format!("tests/it/{name}.rs is not a module of tests/it/main.rs"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lints_are_expected_with_a_reason_and_nothing_is_left_undone() {
    let mut expectations = 0;
    let mut wrong = Vec::new();
    for file in sources() {
        let code: String = file.all_code().collect::<Vec<_>>().join("\n");
        for forbidden in ["allow(", "cfg_attr(test, allow", "todo!", "unimplemented!"] {
            let found = match forbidden {
                "allow(" => code.contains("#[allow(") || code.contains("#![allow("),
                _ => code.contains(forbidden),
            };
            if found {
                wrong.push(format!("src/{}: `{forbidden}`", file.path));
            }
        }
        for attribute in code.split("#[expect(").skip(1).chain(code.split("#![expect(").skip(1)) {
            expectations += 1;
            let inside = attribute.split(")]").next().unwrap_or_default();
            if !inside.contains("reason") {
                wrong.push(format!("src/{}: #[expect({inside})] gives no reason", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(format_args!("architecture: {expectations} lint expectations, each with a reason"));
}

#[test]
fn every_file_that_the_readme_names_exists() {
    let read = std::fs::read_to_string(root().join("README.md")).ok();
    let Some(readme) = component("README.md", read) else { return };
    let mut named = 0;
    let mut missing = Vec::new();
    for name in paths_named_in(&readme) {
        named += 1;
        if !root().join(&name).exists() {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "README.md names what is not there: {missing:?}");
    assert!(named > 0, "README.md names no file of the package");
    say(format_args!("architecture: {named} files named by the README, all there"));
}

#[test]
fn paths_are_found_in_prose() {
    let text = "See [the API](openapi.yaml), `src/api/mod.rs`, `cargo test`, `.ci/run`, [x](https://example.org/a.md), [y](#top), `tests/it/` and `{data}/keys/1.pem`.";
    assert_eq!(paths_named_in(text), [".ci/run", "openapi.yaml", "src/api/mod.rs", "tests/it/"]);
}

fn may_use(from: &str, to: &str) -> Result<(), String> {
    let row = |name: &str| {
        LAYERS
            .iter()
            .position(|names| names.contains(&name))
            .ok_or_else(|| format!("`{name}` is in no layer"))
    };
    let (here, there) = (row(from)?, row(to)?);
    if there < here || NEIGHBOURS.iter().any(|(a, b, _)| (*a, *b) == (from, to)) {
        Ok(())
    } else if there == here {
        Err("neighbours do not use each other".to_owned())
    } else {
        Err("points up".to_owned())
    }
}

/// Paths in backticks or as link targets that look like files or folders of the package.
fn paths_named_in(text: &str) -> Vec<String> {
    let ticked = text.split('`').skip(1).step_by(2);
    let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut paths: Vec<String> = ticked
        .chain(linked.filter(|target| !target.contains("://") && !target.starts_with('#')))
        .map(|path| path.split('#').next().unwrap_or_default())
        .filter(|path| {
            let first = path.split('/').next().unwrap_or_default();
            let folders =
                ["src", "tests", "benches", "fixtures", "schemas", "keys.example", ".ci", "fuzz"];
            let at_top = ["yaml", "toml", "lock", "md"]
                .iter()
                .any(|ending| !path.contains('/') && path.ends_with(&format!(".{ending}")));
            let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let settings = ["accolade.toml"].contains(path);
            plain
                && !settings
                && (path.contains('/') && folders.contains(&first)
                    || at_top
                    || path.starts_with("LICENSE-"))
        })
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> impl Iterator<Item = Source> {
    let src = root().join("src");
    let files = files_below(&src);
    assert!(files.len() > 10, "the sources are not where they should be");
    files.into_iter().map(move |file| Source::read(&src, &file))
}

fn benches() -> impl Iterator<Item = Source> {
    let benches = root().join("benches");
    files_below(&benches).into_iter().map(|file| Source::read(root(), &file))
}

/// The Rust files below a folder, sorted; none when it does not exist.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn ends_with_word(line: &str, end: &str) -> bool {
    line.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with(' '))
}

/// A Rust file as the rules look at it: comments and the insides of literals blanked out.
struct Source {
    /// Relative to `src/`, with `/`.
    path: String,
    /// As written.
    text: String,
    code: String,
    /// Where the tests begin, as an offset into `code`.
    tests_at: usize,
}

impl Source {
    fn read(base: &Path, file: &Path) -> Self {
        let path = file.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
        Self::new(&path, &std::fs::read_to_string(file).unwrap())
    }

    fn new(path: &str, text: &str) -> Self {
        let code = blank_comments_and_literals(text);
        // A file brought in by `#[cfg(test)] #[path = "…_tests.rs"] mod tests;` is tests throughout.
        let tests_at = if path.ends_with("_tests.rs") { 0 } else { start_of_tests(&code) };
        Self { path: path.to_owned(), text: text.to_owned(), code, tests_at }
    }

    /// The module of `src/lib.rs` that the file belongs to; none for the roots.
    fn module(&self) -> Option<String> {
        let first = self.path.split('/').next()?.trim_end_matches(".rs");
        (!matches!(first, "lib" | "main")).then(|| first.to_owned())
    }

    fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether the whole file is tests.
    fn is_tests(&self) -> bool {
        self.tests_at == 0
    }

    fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code[..self.tests_at].lines())
    }

    /// Every line, tests included.
    fn all_code(&self) -> impl Iterator<Item = &str> {
        self.code.lines()
    }

    fn lines_without_tests(&self) -> usize {
        self.code_lines().count()
    }

    fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    /// Each `crate::name`, groups in braces taken apart, with its line.
    fn crate_paths(&self) -> Vec<(usize, String)> {
        let code = &self.code[..self.tests_at];
        let mut found = Vec::new();
        for (at, word) in code.match_indices("crate::") {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let line = self.line_of(at);
            let rest = &code[at + word.len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    found.extend(first_names(group).into_iter().map(|name| (line, name)));
                }
                None => found.push((line, leading_name(rest))),
            }
        }
        found.retain(|(_, name)| name.starts_with(|c: char| c.is_ascii_lowercase()));
        found
    }

    /// Lines where a chain of `super::` climbs out of the file's top module.
    fn supers_that_leave_the_module(&self) -> Vec<usize> {
        let code = &self.code[..self.tests_at];
        let bare = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let depth = if matches!(bare, "lib" | "main") { 0 } else { bare.split('/').count() };
        let mut lines = Vec::new();
        let mut skip_to = 0;
        for (at, _) in code.match_indices("super::") {
            if at < skip_to {
                continue;
            }
            let chain = code[at..].match_indices("super::").take_while({
                let mut next = 0;
                move |(offset, word)| {
                    let joined = *offset == next;
                    next = offset + word.len();
                    joined
                }
            });
            let count = chain.count();
            skip_to = at + count * "super::".len();
            if count >= depth + inline_modules_around(code, at) {
                lines.push(self.line_of(at));
            }
        }
        lines
    }

    /// Lines of code, tests included, that reach into the crate `name`.
    fn lines_naming_crate(&self, name: &str) -> Vec<usize> {
        // `store::sled` is a module of ours with the name of the crate it wraps.
        let ours = name == "sled" && self.path == "store/mod.rs";
        (1..)
            .zip(self.all_code())
            .filter(|(_, line)| {
                line.match_indices(name).any(|(at, _)| {
                    let before = line[..at].trim_end();
                    let after = &line[at + name.len()..];
                    let whole = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                        || before.len() < at;
                    let path = after.starts_with("::")
                        || (before.ends_with("use") && after.starts_with([';', ' ']));
                    let of_another = before.ends_with("::") && before.len() > 2;
                    whole && path && !of_another && !ours
                })
            })
            .map(|(number, _)| number)
            .collect()
    }
}

/// Where `#[cfg(test)] mod tests { … }` begins; the end when there is none.
fn start_of_tests(code: &str) -> usize {
    code.match_indices("#[cfg(test)]")
        .find(|(at, attribute)| {
            let after = code[at + attribute.len()..].trim_start();
            after.starts_with("mod ") && !after.split('{').next().unwrap_or_default().contains(';')
        })
        .map_or(code.len(), |(at, _)| at)
}

/// How many `mod name { … }` of the file itself lie around an offset.
fn inline_modules_around(code: &str, offset: usize) -> usize {
    let mut open = Vec::new();
    for (at, c) in code[..offset].char_indices() {
        match c {
            '{' => {
                let before = code[..at].trim_end();
                let mut words = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_'));
                open.push(words.nth(1) == Some("mod"));
            }
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().filter(|module| *module).count()
}

fn leading_name(code: &str) -> String {
    code.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each member of a `{…}` group whose opening brace was already taken.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_i32;
    let mut at_start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            c if at_start && !c.is_whitespace() => {
                names.push(leading_name(&group[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

/// Replaces what is no code by spaces, keeping lines and offsets.
fn blank_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let blank = |out: &mut Vec<u8>, from: usize, to: usize| {
        for byte in &mut out[from..to.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        let end = match rest {
            [b'/', b'/', ..] => at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => end_of_block_comment(bytes, at),
            [b'r', b'"' | b'#', ..] if !continues_a_word(bytes, at) => {
                match end_of_raw_string(bytes, at) {
                    Some(end) => end,
                    None => {
                        at += 1;
                        continue;
                    }
                }
            }
            [b'"', ..] => end_of_string(bytes, at),
            [b'\'', b'\\', ..] => {
                at + 3 + rest[3..].iter().position(|b| *b == b'\'').map_or(0, |p| p + 1)
            }
            [b'\'', b'"' | b'{' | b'}' | b'/', b'\'', ..] => at + 3,
            _ => {
                at += 1;
                continue;
            }
        };
        blank(&mut out, at, end);
        at = end;
    }
    String::from_utf8(out).unwrap()
}

fn continues_a_word(bytes: &[u8], at: usize) -> bool {
    at > 0
        && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
        && bytes[at - 1] != b'b'
}

fn end_of_block_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn end_of_raw_string(bytes: &[u8], start: usize) -> Option<usize> {
    let hashes = bytes[start + 1..].iter().take_while(|b| **b == b'#').count();
    if bytes.get(start + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.resize(hashes + 1, b'#');
    let inside = start + hashes + 2;
    let length = bytes[inside..].windows(end.len()).position(|window| window == end)?;
    Some(inside + length + end.len())
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
