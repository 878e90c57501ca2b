//! `accolade canonicalize`: the canonical form of a document, for people who debug why two programs
//! disagree about a signature.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256, Sha384};

use super::files::read_input;
use super::{CliError, print};
use crate::domain::hex;
use crate::linked_data::{self, Contexts, Hash, Options, jcs, nquads, rdfc10};
use crate::{bundled, json};

/// Largest input, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// Prints the canonical N-Quads (RDFC-1.0) of a JSON-LD or N-Quads document.
///
/// Input that begins with { or [, after white space, is JSON-LD, all else N-Quads. Contexts are never
/// fetched: the bundled ones are known, and those of --contexts. What has no canonical form, or would
/// lose a member on the way to it, is refused with the reason and exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  accolade canonicalize credential.json\n  \
    accolade canonicalize --hash --contexts ./contexts - < credential.json\n  \
    accolade canonicalize --jcs --hash --algorithm sha384 credential.json")]
pub(super) struct Canonicalize {
    /// The document, or - for standard input
    file: PathBuf,
    /// The JSON Canonicalization Scheme (RFC 8785) instead
    #[arg(long)]
    jcs: bool,
    /// Print only the hash of the canonical form, in hex
    #[arg(long)]
    hash: bool,
    /// Hash algorithm, inside RDFC-1.0 and for --hash
    #[arg(long, value_enum, default_value = "sha256")]
    algorithm: Algorithm,
    /// Drop what JSON-LD drops, instead of refusing it
    #[arg(long)]
    no_safe: bool,
    /// Folder with more contexts and a manifest.json: {"URL": "file", …} or {"contexts": [{"url", "aliases", "file"}, …]}
    #[arg(long, value_name = "DIR")]
    contexts: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Algorithm {
    Sha256,
    Sha384,
}

impl Canonicalize {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let bytes = read_input(&self.file, LARGEST)?;
        let refused = |why: &dyn std::fmt::Display| CliError::said(&self.file, why);
        let text = std::str::from_utf8(&bytes).map_err(|error| refused(&error))?;
        // Editors put a byte order mark before a text; it is none of its characters.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let canonical = if self.jcs {
            let value = json::parse(text).map_err(|error| refused(&error))?;
            jcs::canonicalize(&value).map_err(|error| refused(&error))?
        } else {
            let options = self.options();
            let dataset = if text.trim_start().starts_with(['{', '[']) {
                let value = json::parse(text).map_err(|error| refused(&error))?;
                let contexts = self.known_contexts()?;
                linked_data::to_rdf(&value, &contexts, &options)
            } else {
                nquads::parse(text, options.limits)
            };
            let dataset = dataset.map_err(|error| refused(&error))?;
            rdfc10::canonicalize(&dataset, &options).map_err(|error| refused(&error))?.nquads
        };
        if self.hash {
            print(&self.hex(canonical.as_bytes()))?;
        } else if !canonical.is_empty() {
            write(&canonical)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> Options {
        let hash = match self.algorithm {
            Algorithm::Sha256 => Hash::Sha256,
            Algorithm::Sha384 => Hash::Sha384,
        };
        Options { safe: !self.no_safe, inline_contexts: true, hash, ..Options::default() }
    }

    fn hex(&self, bytes: &[u8]) -> String {
        let digest = match self.algorithm {
            Algorithm::Sha256 => Sha256::digest(bytes).to_vec(),
            Algorithm::Sha384 => Sha384::digest(bytes).to_vec(),
        };
        hex(&digest)
    }

    fn known_contexts(&self) -> Result<Contexts, CliError> {
        let mut known = bundled::contexts().fork();
        let Some(folder) = &self.contexts else { return Ok(known) };
        for (url, file) in manifest(&folder.join("manifest.json"))? {
            let path = folder.join(file);
            let text =
                std::fs::read_to_string(&path).map_err(CliError::io(path.display().to_string()))?;
            known = known.with(&url, &text).map_err(|error| CliError::said(&path, error))?;
        }
        Ok(known)
    }
}

/// JCS output has no line end of its own; N-Quads have. Neither gets one more.
fn write(text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(CliError::io("standard output")),
    }
}

/// URL and file name of each context.
fn manifest(path: &Path) -> Result<Vec<(String, String)>, CliError> {
    let bytes = std::fs::read(path).map_err(CliError::io(path.display().to_string()))?;
    let value = json::parse_bytes(&bytes).map_err(|error| CliError::said(path, error))?;
    let wrong = || CliError::said(path, "not a manifest of context URLs and files");
    let object = value.as_object().ok_or_else(wrong)?;
    let mut entries = Vec::new();
    if let Some(list) = value.get("contexts").and_then(json::Value::as_array) {
        for row in list {
            let (Some(url), Some(file)) = (row.str_of("url"), row.str_of("file")) else {
                return Err(wrong());
            };
            let aliases = row.get("aliases").map(json::Value::items).unwrap_or_default();
            let urls = std::iter::once(url).chain(aliases.iter().filter_map(json::Value::as_str));
            // With a fragment it is a variant for comparison, which no document can name.
            let urls = urls.filter(|url| !url.contains('#'));
            entries.extend(urls.map(|url| (url.to_owned(), file.to_owned())));
        }
        return Ok(entries);
    }
    for (url, file) in object.iter() {
        let file = file.as_str().ok_or_else(wrong)?;
        entries.push((url.to_owned(), file.to_owned()));
    }
    Ok(entries)
}
