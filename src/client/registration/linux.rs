//! Linux: a desktop entry in the user's own folder, registered with the tools of xdg-utils and desktop-file-utils.

use std::{
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    RegistrationError, SCHEME, Status,
    entry::{entry_for, leads_to, needs_quotes, program_of, read},
    printable, tool,
};
use countenance_system::whole_file::{self, Access};

/// File name of our entry, which is also its ID.
const ENTRY: &str = "countenance.desktop";
const QUERY: &str = "xdg-mime";
const UPDATE: &str = "update-desktop-database";

/// A user's desktop: the folders with entries, and the program to start.
#[derive(Debug, Clone)]
pub struct Desktop {
    /// The program to register.
    pub program: PathBuf,
    /// The user's own data folder, with entries in `applications` below it.
    pub data_home: PathBuf,
    /// Data folders for all users, in search order.
    pub data_dirs: Vec<PathBuf>,
    /// Environment variables that override this process's own for the tools.
    pub variables: Vec<(&'static str, OsString)>,
}

impl Desktop {
    /// This user's desktop and this program.
    pub fn of_this_user() -> Result<Self, RegistrationError> {
        let dirs = directories::BaseDirs::new().ok_or(RegistrationError::NoFolder)?;
        let shared = env::var_os("XDG_DATA_DIRS").filter(|dirs| !dirs.is_empty());
        let shared = shared.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        Ok(Self {
            program: env::current_exe().map_err(RegistrationError::Program)?,
            data_home: dirs.data_dir().to_owned(),
            data_dirs: env::split_paths(&shared).collect(),
            variables: Vec::new(),
        })
    }

    /// The program that opens our links.
    pub fn status(&self) -> Result<Status, RegistrationError> {
        let answer = self.run(QUERY, &["query", "default", &mime()])?;
        let handler = answer.trim();
        // A default whose entry is gone counts as none; readers skip it.
        let Some(entry) = self.entry_of(handler) else { return Ok(Status::Nobody) };
        if handler != ENTRY {
            return Ok(Status::Other { handler: printable(handler) });
        }
        Ok(match program_of(&entry) {
            Some(program) if leads_to(&program, &self.program) => {
                let is_quoted = program.to_str().is_none_or(needs_quotes);
                if is_quoted && !self.has_environment() { Status::OursInDesktops } else { Status::Ours }
            }
            Some(program) => Status::Elsewhere { program },
            None => Status::Nobody,
        })
    }

    /// Writes our entry and makes it the default. `update-desktop-database` is optional, `xdg-mime` is required.
    pub fn register(&self) -> Result<(), RegistrationError> {
        let entry = entry_for(&self.program)?;
        let folder = self.data_home.join("applications");
        let replace = || whole_file::replace(&folder.join(ENTRY), entry.as_bytes(), Access::AsUsual);
        fs::create_dir_all(&folder).and_then(|()| replace()).map_err(RegistrationError::Entry)?;
        self.update(&folder)?;
        self.run(QUERY, &["default", ENTRY, &mime()]).map(drop)
    }

    /// Removes our entry. The user's list of defaults may still name it, which has no effect then.
    pub fn unregister(&self) -> Result<(), RegistrationError> {
        let folder = self.data_home.join("applications");
        match fs::remove_file(folder.join(ENTRY)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(RegistrationError::Entry(e)),
            Ok(()) => self.update(&folder),
        }
    }

    /// The text of the entry with this ID; the user's own folder has precedence.
    fn entry_of(&self, id: &str) -> Option<String> {
        // An ID is a file name; `-` can be a folder separator, but ours has none.
        if id.is_empty() || id.contains('/') {
            return None;
        }
        let places = std::iter::once(&self.data_home).chain(&self.data_dirs);
        places.map(|place| place.join("applications").join(id)).find_map(|path| read(&path))
    }

    /// Whether `xdg-open` finds a desktop environment and leaves links to it.
    fn has_environment(&self) -> bool {
        const NAMES: [&str; 2] = ["XDG_CURRENT_DESKTOP", "DESKTOP_SESSION"];
        let own = |name| self.variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone());
        NAMES.iter().filter_map(|name| own(*name).or_else(|| env::var_os(name))).any(|value| {
            // `X-Generic` is how `xdg-open` calls a session without one.
            !value.is_empty() && value != "X-Generic"
        })
    }

    /// Refreshes the cache of handlers, if the tool is installed.
    fn update(&self, folder: &Path) -> Result<(), RegistrationError> {
        match tool::run(UPDATE, self.command(UPDATE).arg(folder)) {
            Ok(_) | Err(RegistrationError::ToolMissing { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn run(&self, tool: &'static str, arguments: &[&str]) -> Result<String, RegistrationError> {
        tool::run(tool, self.command(tool).args(arguments))
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(tool);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn mime() -> String {
    format!("x-scheme-handler/{SCHEME}")
}
