//! The process: its memory is private, and its user is named in the audit log.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getuid, setrlimit};

/// Disables core dumps, which would write faces and keys to the disk, and on Linux access by other processes of the
/// same user.
#[cfg(unix)]
pub(super) fn keep_memory_private() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The limit does not apply where the system pipes dumps to a program.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Windows writes no dumps unless its administrator configures them.
#[cfg(not(unix))]
pub(super) fn keep_memory_private() -> std::io::Result<()> {
    Ok(())
}

/// Who runs this process: the system's number of the user.
#[cfg(unix)]
pub(super) fn user() -> String {
    format!("user {}", getuid().as_raw())
}

#[cfg(not(unix))]
pub(super) fn user() -> String {
    "a user".to_owned()
}
