//! The command of a class in Windows' registry: the program's path in quotes, then the link in quotes.

use std::path::PathBuf;

/// The command that passes a link to `program`. In quotes, a link cannot become two arguments.
pub(super) fn command_for(program: &str) -> String {
    format!("\"{program}\" \"%1\"")
}

/// The program that a command starts.
pub(super) fn program_in(command: &str) -> Option<PathBuf> {
    let command = command.trim();
    let program = match command.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.0,
        None => command.split(' ').next()?,
    };
    (!program.is_empty()).then(|| PathBuf::from(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_program_that_it_writes() {
        for (command, expected) in [
            (
                command_for(r"C:\Program Files\Countenance\countenance.exe"),
                Some(r"C:\Program Files\Countenance\countenance.exe"),
            ),
            (r#" C:\a.exe "%1""#.to_owned(), Some(r"C:\a.exe")),
            (r#""C:\Zoë\日本\a.exe" %1"#.to_owned(), Some(r"C:\Zoë\日本\a.exe")),
            ("\"C:\\a.exe".to_owned(), None),
            ("\"\" \"%1\"".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(program_in(&command), expected.map(PathBuf::from), "{command}");
        }
    }
}
