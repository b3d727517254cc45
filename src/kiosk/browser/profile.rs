//! The folder of the browser's profile: in memory, ours alone, and really deleted after each visit.
//!
//! The folder that the configuration names carries a mark, a small file. Only what is inside a marked folder is ever
//! deleted, and never what a symbolic link leads to: a wrong path in the configuration deletes nothing. Each visit has a
//! folder of its own inside, so a process that outlives the browser cannot write into the next visit.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use countenance_core::rng::random_text;
use countenance_system::{
    SystemRandom,
    whole_file::{self, Access},
};

/// Name of the mark.
const MARK: &str = ".countenance-kiosk-profile";
/// Content of the mark.
const MARK_TEXT: &str = "Countenance deletes everything beside this file after each visit.\n";
/// Type of a file system in memory, as `statfs` reports it.
const TMPFS: i64 = 0x0102_1994;

/// A marked folder.
#[derive(Debug)]
pub struct ProfileFolder(PathBuf);

/// Why a folder cannot hold the profile, or was not wiped.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It is not below a folder in memory, all links considered.
    #[error("{} is not below $XDG_RUNTIME_DIR or /run", .0.display())]
    Elsewhere(PathBuf),
    /// A symbolic link or a file, of another user, or open to others.
    #[error("{} is not a folder of this user alone", .0.display())]
    NotOurs(PathBuf),
    /// There is something in it, but not our mark.
    #[error("{} is not empty and does not carry our mark {MARK}: nothing in it is deleted", .0.display())]
    NotMarked(PathBuf),
    /// The system refused.
    #[error("{} cannot be used", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// Something is still there after all was deleted.
    #[error("{} was not wiped: {left} entries are left", folder.display())]
    Left {
        /// The folder.
        folder: PathBuf,
        /// Entries beside the mark.
        left: usize,
    },
}

impl ProfileFolder {
    /// Takes the folder at `path`, which must be below one of `roots`: creates it, or finds it marked or empty.
    pub fn claim(path: &Path, roots: &[PathBuf]) -> Result<Self, ProfileError> {
        let io = |error| ProfileError::Io(path.to_owned(), error);
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(ProfileError::Elsewhere(path.to_owned()));
        };
        // Links on the way are resolved; the folder itself must not be one.
        let parent = fs::canonicalize(parent).map_err(io)?;
        let is_below = roots.iter().filter_map(|root| fs::canonicalize(root).ok()).any(|root| parent.starts_with(root));
        let folder = Self(parent.join(name));
        if !is_below {
            return Err(ProfileError::Elsewhere(folder.0));
        }
        match DirBuilder::new().mode(0o700).create(&folder.0) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(io(error)),
            _ => folder.check_owner()?,
        }
        if folder.entries()?.is_empty() && !folder.is_marked() {
            whole_file::create(&folder.0.join(MARK), MARK_TEXT.as_bytes(), Access::Owner).map_err(io)?;
        }
        folder.check()?;
        Ok(folder)
    }

    /// Creates the folder of a visit.
    pub fn visit(&self) -> Result<PathBuf, ProfileError> {
        self.check()?;
        let visit = self.0.join(format!("visit-{}", random_text::<9>(&SystemRandom)));
        let created = DirBuilder::new().mode(0o700).create(&visit);
        created.map_err(|error| ProfileError::Io(visit.clone(), error)).map(|()| visit)
    }

    /// Deletes everything beside the mark. Success means that nothing is left.
    pub fn wipe(&self) -> Result<(), ProfileError> {
        self.check()?;
        let mut failed = None;
        for entry in self.entries()? {
            // Neither call follows a link.
            let is_folder = fs::symlink_metadata(&entry).is_ok_and(|facts| facts.is_dir());
            let removed = if is_folder { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
            if let Err(error) = removed {
                failed = Some(error);
            }
        }
        match (self.entries()?.len(), failed) {
            (0, _) => Ok(()),
            (_, Some(error)) => Err(ProfileError::Io(self.0.clone(), error)),
            (left, None) => Err(ProfileError::Left { folder: self.0.clone(), left }),
        }
    }

    /// Free space, bytes; `None` if the system does not tell.
    pub fn free_bytes(&self) -> Option<u64> {
        rustix::fs::statvfs(&self.0).ok().map(|space| space.f_bavail * space.f_frsize)
    }

    /// Whether the folder is in memory: what is deleted there leaves no trace on a disk.
    pub fn is_in_memory(&self) -> bool {
        rustix::fs::statfs(&self.0).is_ok_and(|facts| facts.f_type == TMPFS)
    }

    /// Its path, links resolved.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Must hold before anything is deleted.
    fn check(&self) -> Result<(), ProfileError> {
        self.check_owner()?;
        if self.is_marked() { Ok(()) } else { Err(ProfileError::NotMarked(self.0.clone())) }
    }

    fn check_owner(&self) -> Result<(), ProfileError> {
        let facts = fs::symlink_metadata(&self.0).map_err(|error| ProfileError::Io(self.0.clone(), error))?;
        // No bit of group or others.
        let ours =
            facts.is_dir() && facts.uid() == rustix::process::geteuid().as_raw() && facts.mode().trailing_zeros() >= 6;
        if ours { Ok(()) } else { Err(ProfileError::NotOurs(self.0.clone())) }
    }

    fn is_marked(&self) -> bool {
        fs::symlink_metadata(self.0.join(MARK)).is_ok_and(|facts| facts.is_file())
    }

    /// Everything beside the mark.
    fn entries(&self) -> Result<Vec<PathBuf>, ProfileError> {
        let list =
            || fs::read_dir(&self.0)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>();
        let entries = list().map_err(|error| ProfileError::Io(self.0.clone(), error))?;
        Ok(entries.into_iter().filter(|path| path.file_name().is_none_or(|name| name != MARK)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn claim(root: &Path, name: &str) -> Result<ProfileFolder, ProfileError> {
        ProfileFolder::claim(&root.join(name), &[root.to_owned()])
    }

    #[test]
    fn a_wipe_leaves_the_mark_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let profile = claim(root.path(), "profile").unwrap();
        for _ in 0..2 {
            let visit = profile.visit().unwrap();
            assert_eq!(fs::metadata(&visit).unwrap().mode() & 0o777, 0o700);
            fs::create_dir_all(visit.join("Default/Cache")).unwrap();
            fs::write(visit.join("Default/Cookies"), "session").unwrap();
            // As Chromium does: a lock that is a link to nowhere.
            symlink("host-1234", visit.join("SingletonLock")).unwrap();
            fs::write(profile.path().join("stray"), "x").unwrap();
            profile.wipe().unwrap();
            let left: Vec<_> = fs::read_dir(profile.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
            assert_eq!(left, [MARK]);
        }
        claim(root.path(), "profile").unwrap().wipe().unwrap();
    }

    #[test]
    fn links_are_deleted_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let aside = root.path().join("aside");
        fs::create_dir(&aside).unwrap();
        fs::write(aside.join("precious"), "kept").unwrap();
        let profile = claim(root.path(), "profile").unwrap();
        let visit = profile.visit().unwrap();
        symlink(&aside, profile.path().join("link")).unwrap();
        symlink(&aside, visit.join("link")).unwrap();
        symlink(aside.join("precious"), visit.join("file")).unwrap();
        profile.wipe().unwrap();
        assert_eq!(fs::read_to_string(aside.join("precious")).unwrap(), "kept");
    }

    #[test]
    fn only_a_marked_folder_of_our_own_in_memory_is_wiped() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let aside = root.path().join("aside");
        fs::create_dir(&aside).unwrap();
        fs::write(aside.join("precious"), "kept").unwrap();
        fs::set_permissions(&aside, fs::Permissions::from_mode(0o700)).unwrap();

        assert!(matches!(claim(root.path(), "aside"), Err(ProfileError::NotMarked(_))));
        symlink(&aside, root.path().join("link")).unwrap();
        assert!(matches!(claim(root.path(), "link"), Err(ProfileError::NotOurs(_))));
        fs::write(root.path().join("file"), "").unwrap();
        assert!(matches!(claim(root.path(), "file"), Err(ProfileError::NotOurs(_))));
        fs::create_dir(root.path().join("open")).unwrap();
        fs::set_permissions(root.path().join("open"), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(claim(root.path(), "open"), Err(ProfileError::NotOurs(_))));
        // A link on the way out of the root.
        symlink(outside.path(), root.path().join("out")).unwrap();
        assert!(matches!(claim(root.path(), "out/profile"), Err(ProfileError::Elsewhere(_))));
        assert!(matches!(claim(root.path(), "missing/profile"), Err(ProfileError::Io(..))));
        assert_eq!(fs::read_to_string(aside.join("precious")).unwrap(), "kept");

        // Replaced after it was claimed: by a link, and by a folder without the mark.
        let profile = claim(root.path(), "profile").unwrap();
        fs::remove_dir_all(profile.path()).unwrap();
        symlink(&aside, profile.path()).unwrap();
        assert!(matches!(profile.wipe(), Err(ProfileError::NotOurs(_))));
        assert!(matches!(profile.visit(), Err(ProfileError::NotOurs(_))));
        fs::remove_file(profile.path()).unwrap();
        fs::rename(&aside, profile.path()).unwrap();
        assert!(matches!(profile.wipe(), Err(ProfileError::NotMarked(_))));
        assert_eq!(fs::read_to_string(profile.path().join("precious")).unwrap(), "kept");
    }
}
