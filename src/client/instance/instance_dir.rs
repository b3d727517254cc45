//! The per-user folder with the lock and the socket of the instance.
//!
//! On Unix the socket is a file in the folder, not a name in Linux's abstract namespace, which any user could take. On
//! Windows it is a named pipe, whose name is made from the folder's path; the lock still is in the folder, so a second start
//! talks only to a process that was able to take the lock.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use interprocess::local_socket::Name;

use super::InstanceError;

/// The folder shared by the instances of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceDir {
    folder: PathBuf,
}

impl InstanceDir {
    /// This user's folder: below `XDG_RUNTIME_DIR` if set, otherwise below the user's application data.
    pub fn of_this_user() -> Result<Self, InstanceError> {
        let dirs = directories::ProjectDirs::from("", "", "countenance").ok_or(InstanceError::NoFolder)?;
        let folder = match dirs.runtime_dir() {
            Some(runtime) => runtime.to_owned(),
            None => dirs.data_local_dir().join("run"),
        };
        Ok(Self { folder })
    }

    /// The folder `folder`, created if missing. If its path leaves no space for that of a socket, the socket is in a
    /// folder of its own.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Opens the lock file without locking it.
    pub(super) fn lock_file(&self) -> Result<File, InstanceError> {
        guard::make_folder(&self.folder).map_err(InstanceError::Folder)?;
        guard::check_folder(&self.folder)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.open(self.folder.join("instance.lock")).map_err(InstanceError::Lock)
    }

    /// The socket's name.
    pub(super) fn socket(&self) -> Result<Name<'static>, InstanceError> {
        guard::socket(&self.folder)
    }

    /// Removes the socket of a dead process. Only for the holder of the lock: no living process can own the socket
    /// then.
    pub(super) fn clear(&self) -> Result<(), InstanceError> {
        guard::clear(&self.folder)
    }
}

#[cfg(unix)]
mod guard {
    use std::{
        env,
        fs::{self, DirBuilder},
        os::unix::{
            ffi::OsStrExt,
            fs::{DirBuilderExt, MetadataExt},
        },
        path::PathBuf,
    };

    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};

    use interprocess::local_socket::{GenericFilePath, Name, ToFsName};

    use super::{InstanceError, Path, io};

    const SOCKET: &str = "instance.socket";
    /// Longest path of a socket, bytes: 104 with a zero byte at the end on macOS, 108 on Linux.
    const PATH_MAX_BYTES: usize = 103;

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    /// Must be ours alone: a user who can enter could connect, and an owner could replace the socket.
    pub(super) fn check_folder(folder: &Path) -> Result<(), InstanceError> {
        let facts = fs::symlink_metadata(folder).map_err(InstanceError::Folder)?;
        let ours = facts.is_dir() && facts.uid() == uzers::get_effective_uid() && facts.mode() & 0o777 == 0o700;
        if ours { Ok(()) } else { Err(InstanceError::FolderNotOurs) }
    }

    pub(super) fn socket(folder: &Path) -> Result<Name<'static>, InstanceError> {
        path(folder)?.to_fs_name::<GenericFilePath>().map_err(InstanceError::Listen)
    }

    pub(super) fn clear(folder: &Path) -> Result<(), InstanceError> {
        match fs::remove_file(path(folder)?) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(InstanceError::Listen(e)),
            _ => Ok(()),
        }
    }

    /// The socket's path: in `folder`, or in a private folder with a short path, under a name made from that of `folder`.
    fn path(folder: &Path) -> Result<PathBuf, InstanceError> {
        let fits = |path: &Path| path.as_os_str().len() <= PATH_MAX_BYTES;
        let usual = folder.join(SOCKET);
        if fits(&usual) {
            return Ok(usual);
        }
        let digest = Sha256::digest(std::path::absolute(folder).map_err(InstanceError::Folder)?.as_os_str().as_bytes());
        let name = format!("{}.socket", BASE64_URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or_default()));
        let own = format!("countenance-{}", uzers::get_effective_uid());
        let short = [env::temp_dir(), "/tmp".into()].into_iter().map(|temp| temp.join(&own));
        let short = short.into_iter().find(|short| fits(&short.join(&name)));
        let short = short.ok_or_else(|| InstanceError::Folder(io::ErrorKind::InvalidFilename.into()))?;
        make_folder(&short).map_err(InstanceError::Folder)?;
        check_folder(&short)?;
        Ok(short.join(name))
    }
}

#[cfg(windows)]
mod guard {
    use std::os::windows::ffi::OsStrExt;

    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use interprocess::local_socket::{GenericNamespaced, Name, ToNsName};
    use sha2::{Digest, Sha256};

    use countenance_system::access_list::{Right, others_in_folder};

    use super::{InstanceError, Path, io};

    pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)
    }

    /// Nobody else may put a lock into the folder.
    pub(super) fn check_folder(folder: &Path) -> Result<(), InstanceError> {
        let others = others_in_folder(folder, Right::Write).map_err(InstanceError::Folder)?;
        if others.is_empty() { Ok(()) } else { Err(InstanceError::FolderNotOurs) }
    }

    /// All users share the names of pipes, which may have 256 characters: the digest of the folder's path, which is the
    /// user's own, is short and has no characters that a name must not have.
    pub(super) fn socket(folder: &Path) -> Result<Name<'static>, InstanceError> {
        let path = std::path::absolute(folder).map_err(InstanceError::Folder)?;
        let bytes: Vec<u8> = path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect();
        let digest = Sha256::digest(bytes);
        let name = BASE64_URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or_default());
        format!("countenance-{name}").to_ns_name::<GenericNamespaced>().map_err(InstanceError::Listen)
    }

    pub(super) fn clear(_: &Path) -> Result<(), InstanceError> {
        Ok(())
    }
}
