//! Finds the files of the configuration and reads them in order.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{ConfigComplaint, ConfigFault, KioskConfig, LoadedConfig, read};
use countenance_system::small_file;

/// Maximum number of files in `kiosk.d`.
pub(super) const MAX_FILES: usize = 64;
/// Maximum size of a file, bytes.
const MAX_BYTES: usize = 64 * 1024;

impl KioskConfig {
    /// Reads `kiosk.toml` and `kiosk.d` in `folder`. The profile must be below one of `roots`: folders in memory.
    pub fn load(folder: &Path, roots: &[PathBuf]) -> LoadedConfig {
        let mut loaded = LoadedConfig::default();
        let mut read = Sha256::new();
        let main = folder.join("kiosk.toml");
        if !take(&mut loaded, &main, roots, &mut read) {
            complain(&mut loaded, &main, ConfigFault::Missing);
        }
        let more = folder.join("kiosk.d");
        let mut files = match names(&more) {
            Ok(files) => files,
            Err(error) => {
                complain(&mut loaded, &more, ConfigFault::Folder(error));
                return loaded;
            }
        };
        files.sort();
        if files.len() > MAX_FILES {
            complain(&mut loaded, &more, ConfigFault::TooManyFiles);
        }
        for file in files.into_iter().take(MAX_FILES) {
            take(&mut loaded, &file, roots, &mut read);
        }
        // 64 hexadecimal digits always are a revision.
        let hex = read.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        loaded.revision = hex.parse().ok();
        loaded
    }
}

/// Adds what the file at `path` says; false if there is no file.
fn take(loaded: &mut LoadedConfig, path: &Path, roots: &[PathBuf], digest: &mut Sha256) -> bool {
    match small_file::read_trusted(path, MAX_BYTES) {
        Ok(None) => return false,
        Ok(Some(text)) => {
            // Without the folder: kiosks may keep the same files in different ones.
            digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            digest.update([0]);
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(&text);
            read::read(loaded, path, &text, roots);
        }
        Err(error) => complain(loaded, path, ConfigFault::File(error)),
    }
    true
}

fn complain(loaded: &mut LoadedConfig, file: &Path, fault: ConfigFault) {
    loaded.complaints.push(ConfigComplaint { file: file.to_owned(), line: None, key: String::new(), fault });
}

/// The files `*.toml` in `folder`; none if there is no folder.
fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "toml") && !is_hidden(path)).collect())
}
