//! Who opens links that begin with `countenance:`.
//!
//! On Linux the program registers itself for one user by a desktop entry. On Windows the installer does it, on macOS the
//! bundle's `Info.plist`: see `packaging/`. Packages for all users of a Linux machine bring the same entry along.

#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "linux", windows))]
mod tool;
#[cfg(windows)]
mod windows;

use std::{io, path::PathBuf};

#[cfg(target_os = "linux")]
pub use linux::Desktop;

/// The scheme, without its colon.
pub const SCHEME: &str = "countenance";

/// Who opens our links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// This program.
    Ours,
    /// An entry of this program's name that starts another file: this one was moved, or is another copy.
    Elsewhere {
        /// What is started.
        program: PathBuf,
    },
    /// Another program.
    Other {
        /// The name of its entry: up to 100 characters, none of them a control character.
        handler: String,
    },
    /// Nobody.
    Nobody,
}

/// Why links could not be registered, or who opens them not be found out.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// This account has no folder for its own entries.
    #[error("this account has no folder for desktop entries")]
    NoFolder,
    /// Where this program lies cannot be found out.
    #[error("this program cannot find its own file")]
    Program(#[source] io::Error),
    /// The path of this program cannot be written into a desktop entry: not UTF-8, a control character, or `=`.
    #[error("the path of this program cannot stand in a desktop entry")]
    ProgramPath,
    /// The desktop entry could not be written or taken away.
    #[error("the desktop entry cannot be written")]
    Entry(#[source] io::Error),
    /// A tool of the desktop is not installed.
    #[error("{tool} is not installed")]
    ToolMissing {
        /// Which.
        tool: &'static str,
    },
    /// A tool of the desktop could not be run, or ran too long.
    #[error("{tool} cannot be run")]
    Tool {
        /// Which.
        tool: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A tool of the desktop said no.
    #[error("{tool} failed (exit code {code:?})")]
    ToolFailed {
        /// Which.
        tool: &'static str,
        /// Its exit code; `None` when a signal ended it.
        code: Option<i32>,
    },
    /// The installer or the bundle does this here, not the program.
    #[error("on this system links are registered by the installer")]
    ByInstaller,
    /// There is nothing to ask on this system.
    #[error("on this system nobody can be asked who opens links")]
    NotKnown,
}

/// Who opens our links for this user.
pub fn status() -> Result<Status, RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.status();
    #[cfg(windows)]
    return windows::status();
    #[cfg(not(any(target_os = "linux", windows)))]
    Err(RegistrationError::NotKnown)
}

/// Makes this program the one that opens our links for this user.
pub fn register() -> Result<(), RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.register();
    #[cfg(not(target_os = "linux"))]
    Err(RegistrationError::ByInstaller)
}

/// Takes back what [`register`] did.
pub fn unregister() -> Result<(), RegistrationError> {
    #[cfg(target_os = "linux")]
    return Desktop::of_this_user()?.unregister();
    #[cfg(not(target_os = "linux"))]
    Err(RegistrationError::ByInstaller)
}

/// A name that a tool gave, fit for a terminal.
#[cfg(any(target_os = "linux", windows))]
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}
