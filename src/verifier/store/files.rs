//! The database's files: only their owner has access to them.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::StoreError;

/// Creates the database file if it is missing, and takes access to it and its companions from other users. SQLite creates
/// the write-ahead log and its index with the mode of the database.
pub(super) fn protect(database: &Path) -> Result<(), StoreError> {
    match create_private(database) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(database, error)),
        _ => {}
    }
    for suffix in ["", "-wal", "-shm"] {
        let path = beside(database, suffix);
        match restrict(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path, error)),
            _ => {}
        }
    }
    Ok(())
}

/// Creates a file that only its owner can read.
pub(super) fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file whose name continues the database's.
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

/// Takes access from all users but the owner.
fn restrict(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let mode = fs::metadata(path)?.mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
        }
    }
    #[cfg(not(unix))]
    fs::metadata(path)?;
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError::File { path: path.to_owned(), source }
}
