//! Windows: the class of the scheme in the registry. The installer writes it, for the user or for the machine
//! (`packaging/windows`); the program can write the user's itself.

use std::{env, io, path::Path};

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

use super::{
    RegistrationError, SCHEME, Status,
    command::{command_for, program_in},
    printable,
};

/// Where classes are, in both hives.
const CLASSES: &str = r"Software\Classes";
/// What Windows starts at login, in both hives: a command by the name of each program.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Our name there, which the installer uses, too.
const RUN_NAME: &str = "Countenance";
/// The command of a class.
const COMMAND: &str = r"shell\open\command";

/// The program that opens our links: the user's own class has precedence over the machine's.
pub(super) fn status() -> Result<Status, RegistrationError> {
    let command = [CURRENT_USER, LOCAL_MACHINE].into_iter().find_map(command_in);
    let Some(command) = command else { return Ok(Status::Nobody) };
    let Some(program) = program_in(&command) else { return Ok(Status::Other { handler: printable(&command) }) };
    let ours = env::current_exe().map_err(RegistrationError::Program)?;
    Ok(if is_same(&program, &ours) {
        Status::Ours
    } else if name_of(&program) == name_of(&ours) {
        Status::Elsewhere { program }
    } else {
        Status::Other { handler: printable(&program.to_string_lossy()) }
    })
}

/// Writes the user's class.
pub(super) fn register() -> Result<(), RegistrationError> {
    let ours = env::current_exe().map_err(RegistrationError::Program)?;
    let ours = ours.to_str().ok_or(RegistrationError::ProgramPath)?;
    let write = || -> windows_registry::Result<()> {
        let class = CURRENT_USER.create(format!(r"{CLASSES}\{SCHEME}"))?;
        class.set_string("", "URL:Countenance sign-in")?;
        class.set_string("URL Protocol", "")?;
        class.create("DefaultIcon")?.set_string("", format!("\"{ours}\",0"))?;
        class.create(COMMAND)?.set_string("", command_for(ours))
    };
    write().map_err(failed)
}

/// Removes the user's class. One of the machine stays, and applies again.
pub(super) fn unregister() -> Result<(), RegistrationError> {
    let class = format!(r"{CLASSES}\{SCHEME}");
    if CURRENT_USER.open(&class).is_err() {
        return Ok(());
    }
    CURRENT_USER.remove_tree(&class).map_err(failed)
}

/// Writes the user's value, unless the installer's starts this program for everybody; or removes the user's.
pub(super) fn start_at_login(is_wanted: bool) -> Result<(), RegistrationError> {
    let ours = env::current_exe().map_err(RegistrationError::Program)?;
    let starts_us = |hive: &Key| {
        let command = hive.open(RUN).and_then(|run| run.get_string(RUN_NAME)).ok();
        command.and_then(|command| program_in(&command)).is_some_and(|program| is_same(&program, &ours))
    };
    match (is_wanted, starts_us(CURRENT_USER)) {
        (true, false) if !starts_us(LOCAL_MACHINE) => {
            let ours = ours.to_str().ok_or(RegistrationError::ProgramPath)?;
            let write = || CURRENT_USER.create(RUN)?.set_string(RUN_NAME, format!("\"{ours}\" resident"));
            write().map_err(failed)
        }
        (false, true) => {
            let remove = || CURRENT_USER.create(RUN)?.remove_value(RUN_NAME);
            remove().map_err(failed)
        }
        _ => Ok(()),
    }
}

fn command_in(hive: &Key) -> Option<String> {
    hive.open(format!(r"{CLASSES}\{SCHEME}\{COMMAND}")).ok()?.get_string("").ok()
}

/// Whether both paths lead to one file: case and short names do not matter.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().to_lowercase())
}

fn failed(error: impl Into<io::Error>) -> RegistrationError {
    RegistrationError::Registry(error.into())
}
