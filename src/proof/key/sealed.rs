//! Key files under a passphrase, in the age format (`age-encryption.org/v1`, scrypt recipient).

use std::iter;

use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::file::{KeyFileError, Passphrase};

/// Work factor written: 2^16 scrypt rounds, about a quarter of a second.
const WORK_FACTOR: u8 = 16;
/// Highest work factor read: a file may not keep us busy for longer than some seconds.
const MAX_WORK_FACTOR: u8 = 20;

pub(super) fn open(
    sealed: &[u8],
    passphrase: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let mut identity = Identity::new(SecretString::from(passphrase.as_str().to_owned()));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    match age::decrypt(&identity, sealed) {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(age::DecryptError::ExcessiveWork { .. }) => Err(KeyFileError::ExcessiveWork),
        Err(
            age::DecryptError::DecryptionFailed
            | age::DecryptError::NoMatchingKeys
            | age::DecryptError::KeyDecryptionFailed,
        ) => Err(KeyFileError::WrongPassphrase),
        Err(_) => Err(KeyFileError::NotAge),
    }
}

pub(super) fn seal(plain: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, KeyFileError> {
    let mut recipient = Recipient::new(SecretString::from(passphrase.as_str().to_owned()));
    recipient.set_work_factor(WORK_FACTOR);
    let failed = |_| KeyFileError::Seal;
    let encryptor = age::Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| KeyFileError::Seal)?;
    let mut armored = Vec::new();
    let output =
        age::armor::ArmoredWriter::wrap_output(&mut armored, age::armor::Format::AsciiArmor)
            .map_err(failed)?;
    let mut writer = encryptor.wrap_output(output).map_err(failed)?;
    std::io::Write::write_all(&mut writer, plain).map_err(failed)?;
    writer.finish().and_then(|armor| armor.finish()).map_err(failed)?;
    Ok(armored)
}
