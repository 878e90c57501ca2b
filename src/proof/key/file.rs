//! The bytes of key files: PKCS#8 PEM or JWK, plain or sealed with a passphrase. Where the files
//! lie is the key directory's matter.

use std::fmt;

use zeroize::Zeroizing;

use super::{KeyError, PrivateKey};
use crate::json;

/// How a private key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// PKCS#8 PEM: `.pem`
    Pem,
    /// JSON Web Key: `.jwk`
    Jwk,
}

impl FileFormat {
    /// The ending of file names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pem => "pem",
            Self::Jwk => "jwk",
        }
    }

    /// The format with this [extension](Self::extension).
    pub fn from_extension(extension: &str) -> Option<Self> {
        [Self::Pem, Self::Jwk].into_iter().find(|format| format.extension() == extension)
    }
}

/// The passphrase that seals key files. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase over. One line break at its end, as files and pipes have it, is not part
    /// of it.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = Zeroizing::new(text.into());
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Self(text)
    }

    #[cfg_attr(
        not(feature = "encrypted-keys"),
        expect(dead_code, reason = "only sealed files need it")
    )]
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Why a key file cannot be read or written. No message quotes the file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Longer than any key.
    #[error("the file has {0} bytes, more than any key")]
    TooLong(usize),
    /// Not UTF-8 text.
    #[error("the file is not text")]
    NotText,
    /// Not JSON, or JSON that readers disagree about.
    #[error("not a JWK: {0}")]
    Json(json::Error),
    /// Not a key that we use.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Sealed, and no passphrase is configured.
    #[error("the key is encrypted and no passphrase is given (`[keys] passphrase_file`)")]
    NoPassphrase,
    /// Sealed with another passphrase.
    #[error("the passphrase does not open the key")]
    WrongPassphrase,
    /// Not an age file, or a damaged one.
    #[error("not an age file, or a damaged one")]
    NotAge,
    /// Sealed so that opening takes longer than we allow.
    #[error("opening the file takes more work than is allowed")]
    ExcessiveWork,
    /// Sealing failed.
    #[error("the key could not be encrypted")]
    Seal,
    /// Built without the feature `encrypted-keys`.
    #[error("encrypted keys are not supported by this build (feature `encrypted-keys`)")]
    NotBuilt,
}

/// Longest key file read, in bytes.
const MAX_FILE: usize = 64 * 1024;

/// Reads a private key from the bytes of its file. `sealed` says that the name ends in `.age`.
///
/// # Errors
/// Any [`KeyFileError`].
pub fn read_key_file(
    bytes: &[u8],
    format: FileFormat,
    sealed: bool,
    passphrase: Option<&Passphrase>,
) -> Result<PrivateKey, KeyFileError> {
    if bytes.len() > MAX_FILE {
        return Err(KeyFileError::TooLong(bytes.len()));
    }
    if sealed {
        let passphrase = passphrase.ok_or(KeyFileError::NoPassphrase)?;
        return read_plain(&open(bytes, passphrase)?, format);
    }
    read_plain(bytes, format)
}

/// The bytes of a key file; with a passphrase they are sealed and the name must end in `.age`.
///
/// # Errors
/// [`KeyFileError::Key`], [`KeyFileError::Seal`], [`KeyFileError::NotBuilt`].
pub fn write_key_file(
    key: &PrivateKey,
    format: FileFormat,
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut text = match format {
        FileFormat::Pem => key.to_pem()?,
        FileFormat::Jwk => key.to_jwk()?,
    };
    if format == FileFormat::Jwk {
        text.push('\n');
    }
    match passphrase {
        None => Ok(Zeroizing::new(text.as_bytes().to_vec())),
        Some(passphrase) => Ok(Zeroizing::new(seal(text.as_bytes(), passphrase)?)),
    }
}

fn read_plain(bytes: &[u8], format: FileFormat) -> Result<PrivateKey, KeyFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::NotText)?;
    Ok(match format {
        FileFormat::Pem => PrivateKey::from_pem(text)?,
        FileFormat::Jwk => PrivateKey::from_jwk(&json::parse(text).map_err(KeyFileError::Json)?)?,
    })
}

#[cfg(feature = "encrypted-keys")]
use super::sealed::{open, seal};

#[cfg(not(feature = "encrypted-keys"))]
fn open(_: &[u8], _: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    Err(KeyFileError::NotBuilt)
}

#[cfg(not(feature = "encrypted-keys"))]
fn seal(_: &[u8], _: &Passphrase) -> Result<Vec<u8>, KeyFileError> {
    Err(KeyFileError::NotBuilt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_files_come_back_in_every_format() {
        let key = PrivateKey::ed25519(&[9; 32]).unwrap();
        for format in [FileFormat::Pem, FileFormat::Jwk] {
            let bytes = write_key_file(&key, format, None).unwrap();
            let read = read_key_file(&bytes, format, false, None).unwrap();
            assert_eq!(read.public(), key.public());
            assert_eq!(FileFormat::from_extension(format.extension()), Some(format));
        }
    }

    #[cfg(feature = "encrypted-keys")]
    #[test]
    fn sealed_key_files_need_their_passphrase() {
        let key = PrivateKey::ed25519(&[9; 32]).unwrap();
        let right = Passphrase::new("correct horse\n");
        let bytes = write_key_file(&key, FileFormat::Jwk, Some(&right)).unwrap();
        assert!(bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
        let wrong = Passphrase::new("wrong");
        let read = |passphrase: Option<&Passphrase>| {
            read_key_file(&bytes, FileFormat::Jwk, true, passphrase)
        };
        assert_eq!(read(Some(&Passphrase::new("correct horse"))).unwrap().public(), key.public());
        assert_eq!(read(Some(&wrong)).unwrap_err(), KeyFileError::WrongPassphrase);
        assert_eq!(read(None).unwrap_err(), KeyFileError::NoPassphrase);
        let not_age = read_key_file(b"nothing", FileFormat::Pem, true, Some(&right));
        assert_eq!(not_age.unwrap_err(), KeyFileError::NotAge);
        assert!(!format!("{right:?}").contains("horse"));
    }

    #[test]
    fn messages_never_quote_the_file() {
        let secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ";
        for (text, format) in [
            (
                format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"),
                FileFormat::Pem,
            ),
            (
                format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AA","d":"{secret}"}}"#),
                FileFormat::Jwk,
            ),
            (secret.to_owned(), FileFormat::Jwk),
        ] {
            let error = read_key_file(text.as_bytes(), format, false, None).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("c2Vj"), "{error}");
        }
    }
}
