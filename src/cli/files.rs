//! Files that commands read and write.

use std::io::{Read, Write as _};
use std::path::Path;

use super::CliError;

/// The bytes of a file, or of standard input for `-`; at most `most`.
pub(super) fn read_input(path: &Path, most: usize) -> Result<Vec<u8>, CliError> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    let limit = most as u64 + 1;
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(CliError::io(&name))?;
    if bytes.len() > most {
        return Err(CliError::Said(format!("{name}: larger than {most} bytes")));
    }
    Ok(bytes)
}

/// Writes a file whole or not at all: under another name first, then renamed.
pub(super) fn write_output(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    let write = || {
        std::fs::File::create(&beside)?.write_all(bytes)?;
        std::fs::rename(&beside, path)
    };
    write().map_err(CliError::io(path.display().to_string()))
}
