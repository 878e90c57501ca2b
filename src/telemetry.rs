//! Logging to standard error, lines for people or JSON; counts for Prometheus in [`metrics`].
//!
//! What is logged never holds personal data or secrets: no bodies, no query strings, no header
//! values, no e-mail addresses; ids of objects and of requests are enough to follow a trace.

pub mod metrics;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level is none.
    #[error("[log] level: {0:?} is neither a level such as info nor a list of directives")]
    Level(String),
    /// Something else logs already in this process.
    #[error("logging was already set up")]
    Twice,
}

/// Sends log lines to standard error from now on, and panics with them: their place only, because
/// their message may quote input.
///
/// # Errors
/// See [`TelemetryError`].
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let filter =
        EnvFilter::try_new(&log.level).map_err(|_| TelemetryError::Level(log.level.clone()))?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let begun = match log.format {
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stderr().is_terminal();
            registry.with(layer.with_ansi(!plain).with_target(false)).try_init()
        }
    };
    begun.map_err(|_| TelemetryError::Twice)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(())
}
