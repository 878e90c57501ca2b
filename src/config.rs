//! Configuration: flags over `ACCOLADE_*` variables over a TOML file over defaults.
//!
//! A key that nobody knows is an error with its name and its source: a misspelt limit must not be
//! a limit that silently does not hold. Every setting has its reason in `README.md`.

mod limits;
mod mail;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use limits::Limits;
pub use mail::{Mail, MailTls, MailTransport};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where and as what the service answers.
    pub server: Server,
    /// Where its data lies.
    pub store: Storage,
    /// Where its keys lie.
    pub keys: Keys,
    /// What it may contact.
    pub fetch: FetchSettings,
    /// How much it takes.
    pub limits: Limits,
    /// Whom it knows.
    pub trust: Trust,
    /// Contexts that the operator vouches for, by URL.
    pub contexts: BTreeMap<String, PinnedContext>,
    /// Whether and how messages to holders leave.
    pub mail: Mail,
    /// How certificates are made.
    pub certificate: Certificate,
    /// What it writes to standard error.
    pub log: Log,
}

/// `[server]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port to listen on; port 0 takes a free one. Without it a data directory whose
    /// URL was taken from an address goes on listening there, and a new one takes
    /// [`DEFAULT_LISTEN`].
    pub listen: Option<SocketAddr>,
    /// Address and port for operators: health and `/metrics`, without a token, so never one that
    /// the world reaches. None by default.
    pub admin_listen: Option<SocketAddr>,
    /// The origin under which the world reaches the service, such as `https://badges.example.org`.
    /// It is identity: fixed at the first start. Without it the listening address is taken.
    pub public_url: Option<String>,
    /// Networks of proxies whose `X-Forwarded-For` names the client.
    #[serde(with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Threads that serve requests; 0 means one for each core.
    pub workers: usize,
    /// Opens the VC-API door, at which anybody may have anything signed by the door's own keys: for
    /// conformance suites.
    pub vc_api: bool,
}

/// The address that is listened on when nothing else is said.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

impl Server {
    /// The address to listen on where nothing else is known.
    pub fn listen_or_default(&self) -> SocketAddr {
        self.listen.unwrap_or(DEFAULT_LISTEN)
    }
}

/// `[store]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The engine.
    pub kind: StoreKind,
    /// The data directory (flag `--data`).
    pub path: PathBuf,
}

impl Default for Storage {
    fn default() -> Self {
        Self { kind: StoreKind::Sled, path: PathBuf::from("accolade-data") }
    }
}

/// The engine behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// On disk, one process at a time.
    Sled,
    /// In memory, gone with the process; images and keys still lie in the data directory.
    Memory,
}

/// `[keys]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The key directory; `keys` in the data directory without.
    pub dir: Option<PathBuf>,
    /// A file that holds the passphrase of the `.age` key files.
    pub passphrase_file: Option<PathBuf>,
}

/// `[certificate]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Certificate {
    /// Font files for the scripts that the fonts of the service lack, such as Chinese or Devanagari;
    /// each has what those before it have not. They stay in memory while the service runs.
    pub fonts: Vec<PathBuf>,
}

/// `[fetch]`: what the service may contact, and where it finds it. The default is the public web
/// over https on port 443.
///
/// Scheme, port and address rules judge the connection that is really made; the URL of a document
/// stays its identity wherever its bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchSettings {
    /// Requests for a host (`name` or `name:port`) go to this origin instead, as with a hosts file
    /// that knows schemes and ports: `"issuer.example.org" = "http://127.0.0.1:9000"`. The request
    /// keeps the original `Host`.
    pub hosts: BTreeMap<String, String>,
    /// The origin for every named host that is not in `hosts`. Addresses written as such are never
    /// sent there: they are judged as they stand.
    pub default_host: Option<String>,
    /// Networks that may be contacted although they are not public, over http and on any port.
    #[serde(with = "networks")]
    pub allow: Vec<IpNet>,
    /// Lets plain http out to the public web (port 80).
    pub http: bool,
    /// More ports of the public web than 443.
    pub ports: Vec<u16>,
    /// Contacts nothing at all. The service's own documents are still found.
    pub refuse_all: bool,
    /// Keeps documents between verifications. Within one, each is fetched once in any case.
    pub cache: bool,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            hosts: BTreeMap::new(),
            default_host: None,
            allow: Vec::new(),
            http: false,
            ports: Vec::new(),
            refuse_all: false,
            cache: true,
        }
    }
}

/// `[trust]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trust {
    /// Identifiers (URL or DID) of issuers that the operator trusts.
    pub issuers: Vec<String>,
    /// Keys that the operator knows to be an issuer's: its identifier, and each key as multikey or
    /// as the SHA-256 of its SubjectPublicKeyInfo in hex.
    pub pinned: BTreeMap<String, Vec<String>>,
}

/// A context that the operator vouches for: `[contexts] "URL" = { file, sha256 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedContext {
    /// Where its bytes lie.
    pub file: PathBuf,
    /// SHA-256 of these bytes, lower-case hex; another content is refused.
    pub sha256: String,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,accolade=debug`.
    pub level: String,
    /// Lines for people, or one JSON object a line.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the command line may set; it wins over everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--listen ADDR:PORT`
    pub listen: Option<String>,
    /// `--data DIR`
    pub data: Option<PathBuf>,
    /// `--public-url URL`
    pub public_url: Option<String>,
    /// `--vc-api`
    pub vc_api: bool,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A source does not hold what it should; the text names the key.
    #[error("{origin}: {detail}")]
    Invalid {
        /// The file, the variable or the flag.
        origin: String,
        /// What is wrong, with the key.
        detail: String,
    },
}

impl Config {
    /// Puts the sources together. `variables` are those of the process; all that do not begin
    /// with `ACCOLADE_` are left alone.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value of the wrong kind: each with its source.
    pub fn load(
        flags: &Flags,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut variables: Vec<(String, String)> =
            variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort();
        let named = variables.iter().find(|(name, _)| name == "ACCOLADE_CONFIG");
        let file = flags.config.clone().or_else(|| named.map(|(_, value)| PathBuf::from(value)));

        let mut table = toml::Table::new();
        if let Some(path) = &file {
            table = read_file(path)?;
            check(&table, &path.display().to_string())?;
        }
        for (name, value) in &variables {
            if let Some((section, key)) = place_of(name)? {
                set_text(&mut table, section, key, value, name)?;
            }
        }
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        for (section, key, value, flag) in [
            ("server", "listen", flags.listen.clone(), "--listen"),
            ("server", "public_url", flags.public_url.clone(), "--public-url"),
            ("store", "path", flags.data.as_ref().map(text), "--data"),
        ] {
            if let Some(value) = value {
                set(&mut table, section, key, toml::Value::String(value));
                check(&table, flag)?;
            }
        }
        let mut config = check(&table, "the configuration")?;
        config.server.vc_api |= flags.vc_api;
        if let Some(folder) = file.as_deref().and_then(Path::parent) {
            config.settle_paths(folder);
        }
        config.check_limits()?;
        config.mail.check().map_err(|detail| ConfigError::Invalid {
            origin: "the configuration".to_owned(),
            detail,
        })?;
        Ok(config)
    }

    /// The directory in which messages lie that are written as files.
    pub fn mail_dir(&self) -> PathBuf {
        self.mail.directory.clone().unwrap_or_else(|| self.store.path.join("mail"))
    }

    /// The directory of key files.
    pub fn keys_dir(&self) -> PathBuf {
        self.keys.dir.clone().unwrap_or_else(|| self.store.path.join("keys"))
    }

    /// All settings as TOML, as they hold. No setting is a secret by itself: passphrases and keys
    /// stand in files, of which only the path is shown; user information in a URL is masked.
    pub fn redacted(&self) -> String {
        let mut shown = self.clone();
        shown.server.listen.get_or_insert(DEFAULT_LISTEN);
        shown.mail.transport.get_or_insert_default();
        for origin in shown.fetch.hosts.values_mut().chain(shown.fetch.default_host.as_mut()) {
            mask_user_information(origin);
        }
        if let Some(url) = shown.server.public_url.as_mut() {
            mask_user_information(url);
        }
        toml::to_string(&shown).unwrap_or_default()
    }

    /// Files that a configuration file names stand relative to it.
    fn settle_paths(&mut self, folder: &Path) {
        for context in self.contexts.values_mut() {
            context.file = folder.join(&context.file);
        }
        for font in &mut self.certificate.fonts {
            *font = folder.join(&*font);
        }
        let mail = [&mut self.mail.password_file, &mut self.mail.directory];
        for file in mail.into_iter().chain([&mut self.keys.passphrase_file]).flatten() {
            *file = folder.join(&*file);
        }
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let limits = &self.limits;
        for (name, value) in [
            ("token_requests_per_minute", u64::from(limits.token_requests_per_minute)),
            ("verifications_per_minute", u64::from(limits.verifications_per_minute)),
            ("verifications_at_once", limits.verifications_at_once as u64),
            ("changes_at_once", limits.changes_at_once as u64),
            ("codes_per_minute", u64::from(limits.codes_per_minute)),
            ("head_seconds", limits.head_seconds),
            ("body_seconds", limits.body_seconds),
            ("body_bytes", limits.body_bytes as u64),
            ("upload_bytes", limits.upload_bytes as u64),
            ("batch_bytes", limits.batch_bytes as u64),
            ("batch_rows", u64::from(limits.batch_rows)),
            ("batch_seconds", limits.batch_seconds),
            ("connections", limits.connections as u64),
            ("holder_link_days", u64::from(limits.holder_link_days)),
            ("holder_links_per_minute", u64::from(limits.holder_links_per_minute)),
        ] {
            if value == 0 {
                let detail = format!("[limits] {name} must be at least 1");
                let origin = "the configuration".to_owned();
                return Err(ConfigError::Invalid { origin, detail });
            }
        }
        if limits.holder_link_days > LONGEST_HOLDER_LINK_DAYS {
            let detail = format!("[limits] holder_link_days is at most {LONGEST_HOLDER_LINK_DAYS}");
            return Err(ConfigError::Invalid { origin: "the configuration".to_owned(), detail });
        }
        Ok(())
    }
}

/// Longest that a link to a holder's page may open it.
const LONGEST_HOLDER_LINK_DAYS: u32 = 366;

const PREFIX: &str = "ACCOLADE_";

/// Short names of variables, where the section says nothing.
const SHORT: [(&str, &str, &str); 5] = [
    ("LISTEN", "server", "listen"),
    ("PUBLIC_URL", "server", "public_url"),
    ("DATA", "store", "path"),
    ("LOG", "log", "level"),
    ("LOG_FORMAT", "log", "format"),
];

/// Variables of ours that are no settings of the service: the file itself, and what tests and CI
/// are told.
const OTHERS: [&str; 4] = ["CONFIG", "REQUIRE", "BINARY", "ADVISORY_DB"];

/// The section and key that a variable sets: `ACCOLADE_LIMITS_BODY_BYTES` is `[limits] body_bytes`.
fn place_of(name: &str) -> Result<Option<(&str, String)>, ConfigError> {
    let short = name.strip_prefix(PREFIX).unwrap_or_default();
    if OTHERS.contains(&short) {
        return Ok(None);
    }
    if let Some((_, section, key)) = SHORT.iter().find(|(known, _, _)| *known == short) {
        return Ok(Some((section, (*key).to_owned())));
    }
    let sections = ["server", "store", "keys", "fetch", "limits", "trust", "mail", "log"];
    short
        .split_once('_')
        .and_then(|(section, key)| {
            let section = sections.into_iter().find(|known| known.to_uppercase() == section)?;
            Some(Some((section, key.to_lowercase())))
        })
        .ok_or_else(|| ConfigError::Invalid {
            origin: format!("variable {name}"),
            detail: "no such setting; use ACCOLADE_SECTION_KEY, such as ACCOLADE_SERVER_LISTEN"
                .to_owned(),
        })
}

fn read_file(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    text.parse().map_err(|error: toml::de::Error| ConfigError::Invalid {
        origin: path.display().to_string(),
        detail: error.to_string().trim_end().to_owned(),
    })
}

fn check(table: &toml::Table, origin: &str) -> Result<Config, ConfigError> {
    table.clone().try_into().map_err(|error: toml::de::Error| ConfigError::Invalid {
        origin: origin.to_owned(),
        detail: error.to_string().trim_end().to_owned(),
    })
}

fn set(table: &mut toml::Table, section: &str, key: &str, value: toml::Value) {
    let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = section {
        section.insert(key.to_owned(), value);
    }
}

/// Sets what a variable says: as a TOML value where that fits the setting, else as plain text.
fn set_text(
    table: &mut toml::Table,
    section: &str,
    key: String,
    text: &str,
    name: &str,
) -> Result<(), ConfigError> {
    let as_value = format!("v = {text}")
        .parse::<toml::Table>()
        .ok()
        .filter(|parsed| parsed.len() == 1)
        .and_then(|mut parsed| parsed.remove("v"));
    if let Some(value) = as_value {
        let mut tried = table.clone();
        set(&mut tried, section, &key, value);
        if check(&tried, name).is_ok() {
            *table = tried;
            return Ok(());
        }
    }
    set(table, section, &key, toml::Value::String(text.to_owned()));
    check(table, &format!("variable {name}")).map(drop)
}

fn mask_user_information(url: &mut String) {
    if let Ok(mut parsed) = url::Url::parse(url)
        && (!parsed.username().is_empty() || parsed.password().is_some())
    {
        // Neither can fail on a URL that has user information.
        let _ = parsed.set_username("…");
        let _ = parsed.set_password(None);
        *url = parsed.to_string();
    }
}

/// Networks as strings such as `"10.2.0.0/16"`; an address alone is a network of one.
mod networks {
    use std::net::IpAddr;

    use super::{Deserialize, IpNet};
    use serde::{Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(networks: &[IpNet], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(networks.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let network = |text: &String| {
            let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| D::Error::custom(format!("{text:?} is not a network")))
        };
        texts.iter().map(network).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: &Flags, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Config::load(flags, variables.iter().map(own))
    }

    fn with_file(text: &str) -> (tempfile::TempDir, Flags) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accolade.toml");
        std::fs::write(&path, text).unwrap();
        (folder, Flags { config: Some(path), ..Flags::default() })
    }

    #[test]
    fn flags_win_over_variables_and_variables_over_the_file() {
        let (_folder, mut flags) = with_file(
            "[server]\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://file.example\"\n\
             [store]\npath = \"/file\"\n[limits]\nbody_bytes = 7",
        );
        let variables = [
            ("ACCOLADE_PUBLIC_URL", "https://variable.example"),
            ("ACCOLADE_DATA", "/variable"),
            ("ACCOLADE_REQUIRE", "all"),
            ("HOME", "/root"),
        ];
        flags.data = Some(PathBuf::from("/flag"));
        let config = load(&flags, &variables).unwrap();
        assert_eq!(config.server.listen.unwrap().port(), 1);
        assert_eq!(config.server.public_url.as_deref(), Some("https://variable.example"));
        assert_eq!(config.store.path, PathBuf::from("/flag"));
        assert_eq!(config.limits.body_bytes, 7);
        assert_eq!(config.limits.upload_bytes, Limits::default().upload_bytes);
    }

    #[test]
    fn unknown_keys_are_errors_that_name_key_and_source() {
        let (_folder, flags) = with_file("[limits]\nbodybytes = 7");
        let error = load(&flags, &[]).unwrap_err().to_string();
        assert!(error.contains("bodybytes") && error.contains("accolade.toml"), "{error}");

        let (_folder, flags) = with_file("[limit]\nbody_bytes = 7");
        assert!(load(&flags, &[]).unwrap_err().to_string().contains("limit"));

        for name in ["ACCOLADE_LIMITS_BODYBYTES", "ACCOLADE_NONSENSE", "ACCOLADE_NO_SUCH"] {
            let error = load(&Flags::default(), &[(name, "7")]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn variables_hold_texts_numbers_and_lists() {
        let config = load(
            &Flags::default(),
            &[
                ("ACCOLADE_STORE_PATH", "2026"),
                ("ACCOLADE_LIMITS_ENABLED", "false"),
                ("ACCOLADE_FETCH_ALLOW", "[\"10.2.0.0/16\"]"),
                ("ACCOLADE_LOG", "debug"),
            ],
        )
        .unwrap();
        assert_eq!(config.store.path, PathBuf::from("2026"));
        assert!(!config.limits.enabled);
        assert_eq!(config.fetch.allow.len(), 1);
        assert_eq!(config.log.level, "debug");
        let wrong = load(&Flags::default(), &[("ACCOLADE_LISTEN", "nowhere")]);
        assert!(wrong.unwrap_err().to_string().contains("ACCOLADE_LISTEN"));
    }

    #[test]
    fn what_is_printed_reads_back_and_shows_no_secret() {
        let (_folder, flags) = with_file(
            "[fetch]\ndefault_host = \"http://me:hidden@127.0.0.1:9\"\n[contexts]\n\
             \"https://a.example/c\" = { file = \"c.json\", sha256 = \"00\" }",
        );
        let config = load(&flags, &[]).unwrap();
        let printed = config.redacted();
        assert!(!printed.contains("hidden") && printed.contains("127.0.0.1:9"), "{printed}");
        let read: Config = toml::from_str(&printed).unwrap();
        assert_eq!(read.limits, config.limits);
        assert!(read.contexts.values().all(|context| context.file.is_absolute()));
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let error = load(&Flags::default(), &[("ACCOLADE_LIMITS_BODY_BYTES", "0")]).unwrap_err();
        assert!(error.to_string().contains("body_bytes"));
    }
}
