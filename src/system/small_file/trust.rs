//! Who may write to a file: by its permission bits, on Windows by its access list.

#[cfg(unix)]
pub(super) use unix::{check, check_folder_of, check_owner, refuse_open_to_all};
#[cfg(windows)]
pub(super) use windows::{check, check_folder_of, check_owner, refuse_open_to_all};

#[cfg(unix)]
mod unix {
    use std::{
        fs::{self, File, Metadata},
        io,
        os::unix::fs::MetadataExt,
        path::Path,
    };

    use uzers::os::unix::GroupExt;

    use super::super::SmallFileError;
    use crate::whole_file::folder_of;

    /// The administrator.
    const ROOT: u32 = 0;
    /// Only the owner of a file may remove it from a folder with this bit, as in `/tmp`.
    const STICKY: u32 = 0o1000;

    /// Owner and permissions of a file or folder.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Facts {
        pub(super) owner: u32,
        pub(super) group: u32,
        pub(super) mode: u32,
    }

    /// The user whose file it should be.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct User {
        pub(super) id: u32,
        /// The user's own group, of which nobody else is a member: many systems create one for each user, and let it
        /// write to what the user creates.
        pub(super) own_group: Option<u32>,
    }

    /// Refuses a file to which any user may write.
    pub(in super::super) fn refuse_open_to_all(file: &File) -> Result<(), SmallFileError> {
        let mode = facts_of(file)?.mode() & 0o7777;
        if mode & 0o002 == 0 { Ok(()) } else { Err(SmallFileError::OpenToAll { mode }) }
    }

    /// Refuses a file to which others than the current user and the administrator may write, or that they may replace.
    pub(in super::super) fn check(path: &Path, file: &File) -> Result<(), SmallFileError> {
        User::current().check(path, Facts::of(&facts_of(file)?))
    }

    /// Refuses a file that does not belong to the user with the ID `owner`, or to which others may write, or that others may
    /// replace. A group may not, unless it is the administrators'.
    pub(in super::super) fn check_owner(path: &Path, file: &File, owner: u32) -> Result<(), SmallFileError> {
        let facts = Facts::of(&facts_of(file)?);
        if facts.owner != owner {
            return Err(SmallFileError::NotOfOwner { owner: facts.owner, wanted: owner });
        }
        User { id: owner, own_group: None }.check(path, facts)
    }

    /// Refuses a path at which others than the current user and the administrator could put a file.
    pub(in super::super) fn check_folder_of(path: &Path) -> Result<(), SmallFileError> {
        User::current().check_folder_of(path)
    }

    fn facts_of(file: &File) -> Result<Metadata, SmallFileError> {
        file.metadata().map_err(SmallFileError::Read)
    }

    impl Facts {
        fn of(facts: &Metadata) -> Self {
            Self { owner: facts.uid(), group: facts.gid(), mode: facts.mode() & 0o7777 }
        }
    }

    impl User {
        fn current() -> Self {
            let (id, group) = (uzers::get_effective_uid(), uzers::get_effective_gid());
            let user = uzers::get_user_by_uid(id);
            let own_group = uzers::get_group_by_gid(group).filter(|group| {
                let is_user = |name| user.as_ref().is_some_and(|user| user.name() == name);
                is_user(group.name()) && group.members().iter().all(|member| is_user(member))
            });
            Self { id, own_group: own_group.map(|group| group.gid()) }
        }

        fn check(self, path: &Path, facts: Facts) -> Result<(), SmallFileError> {
            self.check_file(facts)?;
            // A link can be replaced in its own folder, and its file in another one.
            let resolved = fs::canonicalize(path).map_err(SmallFileError::Read)?;
            self.check_folder_of(path)?;
            self.check_folder_of(&resolved)
        }

        /// A folder that does not exist is created private.
        fn check_folder_of(self, path: &Path) -> Result<(), SmallFileError> {
            let folder = folder_of(path).map_err(SmallFileError::Read)?;
            match fs::metadata(folder) {
                Ok(facts) => self.check_folder(folder, Facts::of(&facts)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(SmallFileError::Read(error)),
            }
        }

        pub(super) fn check_file(self, facts: Facts) -> Result<(), SmallFileError> {
            let Facts { owner, group, mode } = facts;
            if owner != self.id && owner != ROOT {
                return Err(SmallFileError::OtherOwner { owner });
            }
            if mode & 0o002 != 0 {
                return Err(SmallFileError::OpenToAll { mode });
            }
            if mode & 0o020 != 0 && !self.is_alone_in(group) {
                return Err(SmallFileError::OpenToGroup { mode });
            }
            Ok(())
        }

        pub(super) fn check_folder(self, folder: &Path, facts: Facts) -> Result<(), SmallFileError> {
            let Facts { owner, group, mode } = facts;
            let is_own = owner == self.id || owner == ROOT;
            let others_write = mode & 0o002 != 0 || (mode & 0o020 != 0 && !self.is_alone_in(group));
            if is_own && (!others_write || mode & STICKY != 0) {
                return Ok(());
            }
            Err(SmallFileError::FolderOpen { folder: folder.to_owned(), owner, mode })
        }

        fn is_alone_in(self, group: u32) -> bool {
            group == ROOT || self.own_group == Some(group)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// Rows: owner, group, mode, whether a file is accepted, whether a folder is.
        #[test]
        fn only_the_user_and_the_administrator_may_write() {
            let rows = [
                (1000, 1000, 0o600, true, true),
                (1000, 1000, 0o644, true, true),
                (1000, 100, 0o640, true, true),
                (1000, 100, 0o755, true, true),
                (0, 0, 0o644, true, true),
                (0, 0, 0o664, true, true),
                // The user's own group.
                (1000, 1000, 0o664, true, true),
                (1000, 1000, 0o775, true, true),
                // Another group, and all.
                (1000, 100, 0o660, false, false),
                (1000, 100, 0o775, false, false),
                (1000, 1000, 0o666, false, false),
                (1000, 1000, 0o777, false, false),
                (0, 100, 0o664, false, false),
                // Another user.
                (1001, 1001, 0o600, false, false),
                (1001, 1000, 0o644, false, false),
                // As /tmp.
                (0, 0, 0o1777, false, true),
                (1001, 100, 0o1777, false, false),
            ];
            for (owner, group, mode, file, folder) in rows {
                let user = User { id: 1000, own_group: Some(1000) };
                let facts = Facts { owner, group, mode };
                assert_eq!(user.check_file(facts).is_ok(), file, "{facts:?}");
                assert_eq!(user.check_folder(Path::new("x"), facts).is_ok(), folder, "{facts:?}");
            }
            let facts = Facts { owner: 1000, group: 1000, mode: 0o664 };
            let shared = User { id: 1000, own_group: None };
            assert!(matches!(shared.check_file(facts), Err(SmallFileError::OpenToGroup { mode: 0o664 })));
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::{
        fs::{self, File},
        io,
        path::Path,
    };

    use super::super::SmallFileError;
    use crate::{
        access_list::{Right, others, others_in_folder},
        whole_file::folder_of,
    };

    /// Everybody, those who have signed in, and the users of this computer.
    const ALL: [&str; 3] = ["S-1-1-0", "S-1-5-11", "S-1-5-32-545"];

    /// Refuses a file to which any user may write.
    pub(in super::super) fn refuse_open_to_all(file: &File) -> Result<(), SmallFileError> {
        let mut who = others(file, Right::Write).map_err(SmallFileError::Read)?;
        who.retain(|who| ALL.contains(&who.as_str()));
        if who.is_empty() { Ok(()) } else { Err(SmallFileError::OpenToOthers { who }) }
    }

    /// Refuses a file to which others than the current user and administrators may write, or that they may replace.
    pub(in super::super) fn check(path: &Path, file: &File) -> Result<(), SmallFileError> {
        let who = others(file, Right::Write).map_err(SmallFileError::Read)?;
        if !who.is_empty() {
            return Err(SmallFileError::OpenToOthers { who });
        }
        // A link can be replaced in its own folder, and its file in another one.
        let resolved = fs::canonicalize(path).map_err(SmallFileError::Read)?;
        check_folder_of(path)?;
        check_folder_of(&resolved)
    }

    /// Refuses a path at which others than the current user and administrators could put a file. A folder that does not
    /// exist is created in one that is checked.
    pub(in super::super) fn check_folder_of(path: &Path) -> Result<(), SmallFileError> {
        let folder = folder_of(path).map_err(SmallFileError::Read)?;
        match others_in_folder(folder, Right::Write) {
            Ok(who) if who.is_empty() => Ok(()),
            Ok(who) => Err(SmallFileError::FolderOpenToOthers { folder: folder.to_owned(), who }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(SmallFileError::Read(error)),
        }
    }

    /// Users have no such IDs here: as [`check`].
    pub(in super::super) fn check_owner(path: &Path, file: &File, _: u32) -> Result<(), SmallFileError> {
        check(path, file)
    }
}
