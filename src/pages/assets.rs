//! The files that pages refer to. Their addresses carry a digest, so they may be kept for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::domain::hex;

/// One file, to be served at its path with `Cache-Control: public, max-age=31536000, immutable`.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Path from the root, such as `/assets/style-0123456789abcdef.css`.
    pub path: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

static STYLE: &[u8] = include_bytes!("style.css");
static ICON: &[u8] = include_bytes!("icon.svg");

static SCRIPT: &[u8] = include_bytes!("copy.js");

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("style", "css", "text/css; charset=utf-8", STYLE),
        asset("icon", "svg", "image/svg+xml", ICON),
        asset("copy", "js", "text/javascript; charset=utf-8", SCRIPT),
    ]
});

fn asset(name: &str, extension: &str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    let digest: String = hex(&Sha256::digest(bytes)).chars().take(16).collect();
    Asset { path: format!("/assets/{name}-{digest}.{extension}"), media_type, bytes }
}

/// All files that pages refer to.
pub fn assets() -> &'static [Asset] {
    ASSETS.as_slice()
}

pub(super) fn stylesheet() -> &'static str {
    let [style, ..] = &*ASSETS;
    &style.path
}

pub(super) fn icon() -> &'static str {
    let [_, icon, _] = &*ASSETS;
    &icon.path
}

/// The script that copies what could be copied by hand.
pub(super) fn script() -> &'static str {
    let [.., script] = &*ASSETS;
    &script.path
}
