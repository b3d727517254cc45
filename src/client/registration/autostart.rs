//! Linux: what a desktop starts at login (Desktop Application Autostart Specification 0.5).

use std::{env, fs, io, path::PathBuf};

use super::{
    RegistrationError,
    entry::{autostart_for, is_switched_off, leads_to, program_of, read},
};
use countenance_system::whole_file::{self, Access};

/// File name of our entry: one of the user's hides that of a package.
const ENTRY: &str = "countenance.desktop";

/// What starts at a user's login, and the program to start.
#[derive(Debug, Clone)]
pub struct Autostart {
    /// The program to start.
    pub program: PathBuf,
    /// The user's own configuration folder, with entries in `autostart` below it.
    pub config_home: PathBuf,
    /// Configuration folders for all users, in search order.
    pub config_dirs: Vec<PathBuf>,
}

impl Autostart {
    /// Of this user and this program.
    pub fn of_this_user() -> Result<Self, RegistrationError> {
        let dirs = directories::BaseDirs::new().ok_or(RegistrationError::NoFolder)?;
        let shared = env::var_os("XDG_CONFIG_DIRS").filter(|dirs| !dirs.is_empty());
        Ok(Self {
            program: env::current_exe().map_err(RegistrationError::Program)?,
            config_home: dirs.config_dir().to_owned(),
            config_dirs: env::split_paths(&shared.unwrap_or_else(|| "/etc/xdg".into())).collect(),
        })
    }

    /// Whether this program is started.
    pub fn is_started(&self) -> bool {
        let places = std::iter::once(&self.config_home).chain(&self.config_dirs);
        let entry = places.map(|place| place.join("autostart").join(ENTRY)).find_map(|path| read(&path));
        entry.is_some_and(|entry| {
            let program = program_of(&entry);
            !is_switched_off(&entry) && program.is_some_and(|program| leads_to(&program, &self.program))
        })
    }

    /// Has this program started, by an entry of the user's unless one for all users does so already.
    pub fn start(&self) -> Result<(), RegistrationError> {
        if self.is_started() {
            return Ok(());
        }
        let (entry, folder) = (autostart_for(&self.program)?, self.config_home.join("autostart"));
        let replace = || whole_file::replace(&folder.join(ENTRY), entry.as_bytes(), Access::AsUsual);
        fs::create_dir_all(&folder).and_then(|()| replace()).map_err(RegistrationError::Entry)
    }

    /// Removes the user's entry. One for all users stays; what it starts ends by itself unless the setting is on.
    pub fn no_longer_start(&self) -> Result<(), RegistrationError> {
        match fs::remove_file(self.config_home.join("autostart").join(ENTRY)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(RegistrationError::Entry(e)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Login {
        home: tempfile::TempDir,
        autostart: Autostart,
    }

    fn login() -> Login {
        let home = tempfile::tempdir().unwrap();
        let program = home.path().join("a b/countenance");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, "").unwrap();
        let config_dirs = vec![home.path().join("xdg")];
        Login { autostart: Autostart { program, config_home: home.path().join("config"), config_dirs }, home }
    }

    impl Login {
        fn shared(&self, entry: &str) {
            let folder = self.home.path().join("xdg/autostart");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(ENTRY), entry).unwrap();
        }

        fn own(&self) -> Option<String> {
            read(&self.home.path().join("config/autostart").join(ENTRY))
        }
    }

    #[test]
    fn starts_this_program_and_no_longer() {
        let login = login();
        assert!(!login.autostart.is_started());
        login.autostart.start().unwrap();
        assert!(login.autostart.is_started());
        let entry = login.own().unwrap();
        assert!(entry.contains("/countenance\" resident\n") && !entry.contains("TryExec"), "{entry}");
        login.autostart.no_longer_start().unwrap();
        assert!(!login.autostart.is_started() && login.own().is_none());
        login.autostart.no_longer_start().unwrap();
    }

    #[test]
    fn a_package_needs_no_entry_of_the_user() {
        let login = login();
        login.shared(&format!("[Desktop Entry]\nExec=\"{}\" resident\n", login.autostart.program.display()));
        assert!(login.autostart.is_started());
        login.autostart.start().unwrap();
        assert_eq!(login.own(), None);
    }

    /// Each row: an entry, of the user's or for all, that does not start this program.
    #[test]
    fn an_entry_that_does_not_start_it_is_replaced() {
        type Row<'a> = (&'a str, bool, &'a dyn Fn(&Login) -> String);
        let ours =
            |login: &Login| format!("[Desktop Entry]\nExec=\"{}\" resident\n", login.autostart.program.display());
        let rows: [Row<'_>; 4] = [
            ("hidden", true, &|login| format!("{}Hidden=true\n", ours(login))),
            ("switched off", true, &|login| format!("{}X-GNOME-Autostart-enabled = false\n", ours(login))),
            ("another program", false, &|_| "[Desktop Entry]\nExec=/bin/true\n".to_owned()),
            ("nonsense", false, &|_| "\u{0}".to_owned()),
        ];
        for (name, of_user, entry) in rows {
            let login = login();
            let text = entry(&login);
            if of_user {
                let folder = login.autostart.config_home.join("autostart");
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(ENTRY), text).unwrap();
                login.shared(&ours(&login));
            } else {
                login.shared(&text);
            }
            assert!(!login.autostart.is_started(), "{name}");
            login.autostart.start().unwrap();
            assert!(login.autostart.is_started(), "{name}");
        }
    }
}
