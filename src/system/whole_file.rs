//! Writes files that are either whole or not there: every file that is written in one piece is written here.
//!
//! The bytes go to a draft beside the file, which takes the file's name only once it is on disk. A full disk, a power
//! failure or a signal leaves the old file, or none, but never a part of the new one.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::SystemRandom;
use countenance_core::rng::random_text;

/// Who may read a file that is created. A file that is replaced keeps its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner only. On Windows, the access list names nobody else.
    Owner,
    /// Those whom the process lets read the files that it creates (`umask`).
    AsUsual,
}

/// Creates the file at `path` with `bytes`. Fails with [`io::ErrorKind::AlreadyExists`] if there is one, also one that
/// another process has created in the meantime; that one is left unchanged.
pub fn create(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let folder = folder_of(path)?;
    let draft = Draft::write(folder, bytes, access, None)?;
    draft.take_free_name(path)?;
    sync_folder(folder)
}

/// Replaces the file at `path` by `bytes`, or creates it. A symbolic link stays, and the file that it leads to is
/// replaced; that file keeps its mode and its owner. On Windows, `access` decides about a replaced file, too. What is no
/// regular file, such as `/dev/stdout`, is written to.
pub fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let path = &target(path)?;
    let before = match fs::metadata(path) {
        Ok(before) if before.is_file() => Some(before),
        Ok(before) if before.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => return OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = folder_of(path)?;
    let draft = Draft::write(folder, bytes, access, before.as_ref())?;
    draft.take_name(path)?;
    sync_folder(folder)
}

/// Creates `folder` and those above it, for their owner only.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Flushes the names in `folder` to disk, on systems and file systems that can.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// The folder of the file at `path`.
pub fn folder_of(path: &Path) -> io::Result<&Path> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(_)) if folder == Path::new("") => Ok(Path::new(".")),
        (Some(folder), Some(_)) => Ok(folder),
        (None, _) | (_, None) => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

/// Where a symbolic link at `path` leads; `path` itself if it is none. A link may lead to a file that does not exist yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MAX_LINKS: u32 = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            // A relative link starts in the folder of the link.
            Ok(next) => path = folder_of(&path)?.join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// A file that is not under its name yet. Removed when dropped.
struct Draft(PathBuf);

impl Draft {
    /// Writes `bytes` to a new file in `folder`, with mode and owner of the file `before`, and flushes it to disk.
    fn write(folder: &Path, bytes: &[u8], access: Access, before: Option<&Metadata>) -> io::Result<Self> {
        // Short, since a long name might not fit with more in front.
        let path = folder.join(format!(".draft-{}", random_text::<12>(&SystemRandom)));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Private at first, too, where the file before decides: it may be stricter than usual.
        #[cfg(unix)]
        if access == Access::Owner || before.is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(windows)]
        countenance_native::windows::access::restrictable(&mut options);
        let mut file = options.open(&path)?;
        let draft = Self(path);
        #[cfg(windows)]
        if access == Access::Owner {
            countenance_native::windows::access::restrict_to_user(&file)?;
        }
        if let Some(before) = before {
            keep_owner(&file, before)?;
            file.set_permissions(before.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(draft)
    }

    /// Takes the place of the file at `path`.
    fn take_name(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)
    }

    /// Takes the name `path`, if no file has it.
    fn take_free_name(self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, path) {
            Err(error) if has_no_hard_links(&error) && !path.try_exists()? => fs::rename(&self.0, path),
            linked => linked,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already if it was renamed; otherwise the first error is reported, not that of the cleanup.
        fs::remove_file(&self.0).ok();
    }
}

/// Whether the file system has no hard links, as FAT: Linux reports that as a lack of permission.
fn has_no_hard_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// Gives `file` the owner of the file that it replaces: somebody may edit another account's file with `sudo`.
#[cfg(unix)]
fn keep_owner(file: &File, before: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let now = file.metadata()?;
    if now.uid() != before.uid() {
        return fchown(file, Some(before.uid()), Some(before.gid()));
    }
    if now.gid() != before.gid() {
        // A group to which this user does not belong cannot be kept.
        fchown(file, None, Some(before.gid())).ok();
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it fails on other systems")]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
