//! Which program opens links that begin with `countenance:`, and whether it is started at login to stay ready for them.
//!
//! On Linux the program registers itself for one user with a desktop entry, on Windows with a key of the registry. Linux
//! packages and the Windows installer do the same for all users; on macOS the bundle's `Info.plist` does. See `packaging/`.

#[cfg(target_os = "linux")]
mod autostart;
#[cfg(any(windows, test))]
mod command;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod tool;
#[cfg(windows)]
mod windows;

use std::{io, path::PathBuf};

#[cfg(target_os = "linux")]
pub use autostart::Autostart;
#[cfg(target_os = "linux")]
pub use linux::Desktop;
#[cfg(target_os = "macos")]
pub(crate) use tool::run as run_tool;

/// The URL scheme, without its colon.
pub const SCHEME: &str = "countenance";

/// The program that opens our links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// This program.
    Ours,
    /// This program, but only in a desktop environment: there is none, and without one `xdg-open` does not understand
    /// the quotes that this program's path needs.
    OursInDesktops,
    /// An entry with this program's name that starts another file: this program was moved, or is another copy.
    Elsewhere {
        /// The program that is started.
        program: PathBuf,
    },
    /// Another program.
    Other {
        /// The name of its desktop entry: up to 100 characters, no control characters.
        handler: String,
    },
    /// No program is registered.
    Nobody,
}

/// Why links could not be registered, or their handler not determined.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// This account has no home folder.
    #[error("this account has no home folder for desktop entries")]
    NoFolder,
    /// The path of this program could not be determined.
    #[error("could not determine the path of this program")]
    Program(#[source] io::Error),
    /// The path of this program cannot be written into a desktop entry: not UTF-8, a control character, or `=`.
    #[error("the path of this program cannot be written in a desktop entry")]
    ProgramPath,
    /// The desktop entry could not be written or removed.
    #[error("could not write the desktop entry")]
    Entry(#[source] io::Error),
    /// The registry could not be read or written.
    #[error("could not use the registry")]
    Registry(#[source] io::Error),
    /// A desktop tool is not installed.
    #[error("{tool} is not installed")]
    ToolMissing {
        /// Name of the tool.
        tool: &'static str,
    },
    /// A desktop tool could not be run, or timed out.
    #[error("could not run {tool}")]
    Tool {
        /// Name of the tool.
        tool: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// A desktop tool reported failure.
    #[error("{tool} failed (exit code {code:?})")]
    ToolFailed {
        /// Name of the tool.
        tool: &'static str,
        /// Its exit code; `None` if a signal ended it.
        code: Option<i32>,
    },
    /// On this system the bundle does this, not the program.
    #[error("on this system the program's bundle registers links")]
    ByBundle,
    /// In a Flatpak, programs cannot do this.
    #[error("in a Flatpak, the desktop decides what starts at login")]
    Sandboxed,
    /// This system offers no way to query the handler.
    #[error("the link handler cannot be queried on this system")]
    NotKnown,
}

/// The program that opens our links for this user.
pub fn status() -> Result<Status, RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.status();
    #[cfg(windows)]
    return windows::status();
    #[cfg(not(any(target_os = "linux", windows)))]
    Err(RegistrationError::NotKnown)
}

/// Makes this program open our links for this user.
pub fn register() -> Result<(), RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.register();
    #[cfg(windows)]
    return windows::register();
    #[cfg(not(any(target_os = "linux", windows)))]
    Err(RegistrationError::ByBundle)
}

/// Undoes [`register`].
pub fn unregister() -> Result<(), RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.unregister();
    #[cfg(windows)]
    return windows::unregister();
    #[cfg(not(any(target_os = "linux", windows)))]
    Err(RegistrationError::ByBundle)
}

/// Has this program started at this user's login, or no longer: `countenance resident`.
pub fn start_at_login(is_wanted: bool) -> Result<(), RegistrationError> {
    #[cfg(target_os = "linux")]
    {
        if std::path::Path::new("/.flatpak-info").exists() {
            return Err(RegistrationError::Sandboxed);
        }
        let autostart = Autostart::of_this_user()?;
        if is_wanted { autostart.start() } else { autostart.no_longer_start() }
    }
    #[cfg(windows)]
    return windows::start_at_login(is_wanted);
    #[cfg(not(any(target_os = "linux", windows)))]
    {
        let _ = is_wanted;
        Err(RegistrationError::ByBundle)
    }
}

/// Removes what is unsafe in a terminal from a name that a tool returned.
#[cfg(any(target_os = "linux", windows))]
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}
