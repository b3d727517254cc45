//! Man pages and shell completions of a program, made from the definition of its command line.
//!
//! A program's own unit tests call [`write()`] and [`missing`], so that what packages contain is tested and the programs do not
//! contain this crate. `packaging/manual` runs those tests with [`FOLDER_VARIABLE`] set.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use clap::{Arg, Command};
use clap_complete::{Shell, generate_to};

/// Environment variable that names the folder which packages are made from. Without it, a test writes to a temporary one.
pub const FOLDER_VARIABLE: &str = "COUNTENANCE_MANUAL";

/// Where the files of `program` go if they are to be kept: a folder of its own in the one that [`FOLDER_VARIABLE`] names.
pub fn kept_folder(program: &str) -> Option<PathBuf> {
    env::var_os(FOLDER_VARIABLE).map(|folder| Path::new(&folder).join(program))
}

/// Writes a man page per command to `man1`, and completions for bash, zsh and fish, into `folder`, which is made.
pub fn write(command: &Command, folder: &Path) -> io::Result<()> {
    let pages = folder.join("man1");
    fs::create_dir_all(&pages)?;
    clap_mangen::generate_to(command.clone(), &pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut command.clone(), command.get_name(), folder)?;
    }
    Ok(())
}

/// What `folder`, written by [`write()`], does not say of `command`: a page per command that names each option and has a
/// sentence on it, and completions that name each option. Empty if nothing is missing.
pub fn missing(command: &Command, folder: &Path) -> io::Result<Vec<String>> {
    let name = command.get_name();
    let mut found = Vec::new();
    for file in [format!("{name}.bash"), format!("_{name}"), format!("{name}.fish")] {
        let text = fs::read_to_string(folder.join(&file))?;
        // fish has options without their dashes.
        let options = options(command).into_iter().filter(|option| !text.contains(option.trim_start_matches('-')));
        found.extend(options.map(|option| format!("{file}: {option}")));
    }
    pages(command, name, &folder.join("man1"), &mut found)?;
    Ok(found)
}

/// Appends what the pages of `command`, whose page is called `page`, and of its commands lack.
fn pages(command: &Command, page: &str, folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    let text = fs::read_to_string(folder.join(format!("{page}.1")))?;
    for argument in visible(command) {
        if argument.get_help().is_none() {
            found.push(format!("{page}: {} has no help", argument.get_id()));
        }
        // Dashes are escaped in a man page.
        let long = argument.get_long().map(|long| format!("\\-\\-{}", long.replace('-', "\\-")));
        if long.is_some_and(|long| !text.contains(&long)) {
            found.push(format!("{page}: {}", argument.get_id()));
        }
    }
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        pages(inner, &format!("{page}-{}", inner.get_name()), folder, found)?;
    }
    Ok(())
}

/// All long options of a command and the commands below it, with their dashes.
fn options(command: &Command) -> Vec<String> {
    let own = visible(command).filter_map(Arg::get_long).map(|long| format!("--{long}"));
    own.chain(command.get_subcommands().filter(|inner| !inner.is_hide_set()).flat_map(options)).collect()
}

fn visible(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_hide_set())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        let listed = Command::new("list").about("List them").arg(Arg::new("all").long("all-of-them").help("All"));
        Command::new("example")
            .about("An example")
            .arg(Arg::new("data").long("data-dir").help("Where"))
            .subcommand(listed)
    }

    #[test]
    fn pages_and_completions_name_every_option() {
        let folder = tempfile::tempdir().unwrap();
        write(&command(), folder.path()).unwrap();
        assert_eq!(missing(&command(), folder.path()).unwrap(), Vec::<String>::new());
        assert!(folder.path().join("man1/example-list.1").exists());
    }

    #[test]
    fn what_is_missing_is_found() {
        let folder = tempfile::tempdir().unwrap();
        write(&command(), folder.path()).unwrap();
        let later = command().arg(Arg::new("new").long("brand-new"));
        let found = missing(&later, folder.path()).unwrap();
        let expected = [
            "example.bash: --brand-new",
            "_example: --brand-new",
            "example.fish: --brand-new",
            "example: new has no help",
            "example: new",
        ];
        assert_eq!(found, expected);
        assert!(missing(&command().subcommand(Command::new("other")), folder.path()).is_err(), "a page is missing");
    }
}
