//! Pictures of badge classes and issuers.

/// A picture that we keep and serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// SHA-256 of its bytes, lower-case hex: the name under which they are kept.
    pub sha256: String,
    /// What the bytes are.
    pub format: ImageFormat,
    /// What a person who cannot see it should read.
    pub alt: String,
}

/// The formats that Open Badges allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// Portable Network Graphics.
    Png,
    /// Scalable Vector Graphics.
    Svg,
}

impl ImageFormat {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Its file name extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}
