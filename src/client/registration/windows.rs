//! Windows: the installer writes the registry (`packaging/windows`); this module reads it. No test runs this yet.

use std::{env, path::PathBuf, process::Command};

use super::{RegistrationError, SCHEME, Status, printable, tool};

/// The program that opens our links: the user's own entry has precedence over the machine's.
pub(super) fn status() -> Result<Status, RegistrationError> {
    let key = format!(r"HKCU\Software\Classes\{SCHEME}\shell\open\command");
    let answer = match tool::run("reg.exe", Command::new("reg.exe").args(["query", &key, "/ve"])) {
        Ok(answer) => answer,
        // reg.exe exits with 1 if the key does not exist.
        Err(RegistrationError::ToolFailed { code: Some(1), .. }) => return Ok(Status::Nobody),
        Err(error) => return Err(error),
    };
    // `    (Default)    REG_SZ    "C:\…\countenance.exe" "%1"`; the name of the value is localized.
    let Some((_, command)) = answer.split_once("REG_SZ") else { return Ok(Status::Nobody) };
    let command = command.trim();
    let program = match command.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => command.split(' ').next(),
    };
    let Some(program) = program.filter(|p| !p.is_empty()).map(PathBuf::from) else { return Ok(Status::Nobody) };
    let ours = env::current_exe().map_err(RegistrationError::Program)?;
    let named = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    Ok(if program == ours {
        Status::Ours
    } else if named(&program) == named(&ours) {
        Status::Elsewhere { program }
    } else {
        Status::Other { handler: printable(&program.to_string_lossy()) }
    })
}
