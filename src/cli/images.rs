//! `accolade bake` and `accolade unbake`: a credential into an image, and out of it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::files::{read_input, write_output};
use super::{CliError, print, print_json};
use crate::baking::{self, BadgeVersion, Content, Payload};

/// Puts a credential (JSON or JWT) into a PNG or SVG image.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  accolade bake credential.json picture.png --out badge.png")]
pub(super) struct Bake {
    /// The credential, or - for standard input
    credential: PathBuf,
    /// The image to put it into
    image: PathBuf,
    /// Where to write the baked image
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Baking convention; told by the credential's own context when not given
    #[arg(long, value_enum)]
    version: Option<Version>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Version {
    #[value(name = "2")]
    Two,
    #[value(name = "3")]
    Three,
}

impl Bake {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let text = read_input(&self.credential, baking::MAX_TEXT)?;
        let text = String::from_utf8(text)
            .map_err(|_| CliError::said(&self.credential, "the credential is not UTF-8 text"))?;
        let text = text.trim();
        let payload = if text.starts_with('{') { Payload::Json(text) } else { Payload::Jws(text) };
        let version = match self.version {
            Some(Version::Two) => BadgeVersion::Ob2,
            Some(Version::Three) => BadgeVersion::Ob3,
            None => version_of(text),
        };
        let image = read_input(&self.image, baking::MAX_IMAGE)?;
        let baked = baking::bake(&image, version, payload)
            .map_err(|error| CliError::said(&self.image, error))?;
        write_output(&self.out, &baked)?;
        if self.json {
            print_json(&json!({
                "out": self.out, "bytes": baked.len(),
                "version": match version { BadgeVersion::Ob2 => "2", BadgeVersion::Ob3 => "3" },
            }))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Open Badges 3.0 credentials and JWTs of them name the credentials context of the W3C.
fn version_of(text: &str) -> BadgeVersion {
    use base64::Engine as _;
    let payload = text.split('.').nth(1).filter(|_| !text.starts_with('{'));
    let decoded = payload
        .and_then(|payload| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok());
    let json = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let json = json.as_deref().unwrap_or(text);
    if json.contains("https://www.w3.org/") && json.contains("credentials/v") {
        BadgeVersion::Ob3
    } else {
        BadgeVersion::Ob2
    }
}

/// Takes the credential out of a baked PNG or SVG image.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  accolade unbake badge.png | accolade verify -")]
pub(super) struct Unbake {
    /// The image, or - for standard input
    image: PathBuf,
    /// Where to write the credential; standard output when not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print version, kind and oddities with the credential, as JSON
    #[arg(long)]
    json: bool,
}

impl Unbake {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let image = read_input(&self.image, baking::MAX_IMAGE)?;
        let found = baking::unbake(&image).map_err(|error| CliError::said(&self.image, error))?;
        if let Some(out) = &self.out {
            write_output(out, found.content.as_str().as_bytes())?;
        }
        if self.json {
            let kind = match found.content {
                Content::Json(_) => "json",
                Content::Jws(_) => "jws",
                Content::Url(_) => "url",
            };
            let oddities: Vec<String> =
                found.oddities.iter().map(|oddity| oddity.to_string()).collect();
            print_json(&json!({
                "image": found.image.media_type(),
                "version": match found.version { BadgeVersion::Ob2 => "2", BadgeVersion::Ob3 => "3" },
                "kind": kind,
                "oddities": oddities,
                "content": found.content.as_str(),
            }))?;
        } else if self.out.is_none() {
            print(found.content.as_str())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
