//! Reading and writing a program's path in a desktop entry (Desktop Entry Specification 1.5).

use std::{
    env,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::RegistrationError;

/// The entries that packages install, with the bare name of the program.
const TEMPLATE: &str = include_str!("../../../packaging/linux/countenance.desktop");
const AUTOSTART: &str = include_str!("../../../packaging/linux/countenance-resident.desktop");

/// Maximum bytes read of an entry.
const ENTRY_MAX_BYTES: u64 = 64 * 1024;

/// The desktop entry that starts `program` with a link.
pub(super) fn entry_for(program: &Path) -> Result<String, RegistrationError> {
    from_template(TEMPLATE, program)
}

/// The desktop entry that starts `program` at login.
pub(super) fn autostart_for(program: &Path) -> Result<String, RegistrationError> {
    from_template(AUTOSTART, program)
}

fn from_template(template: &str, program: &Path) -> Result<String, RegistrationError> {
    let program = quoted(program)?;
    let line = |line: &str| match line.strip_prefix("Exec=countenance") {
        Some(arguments) => format!("Exec={program}{arguments}\n"),
        None => format!("{line}\n"),
    };
    // It would ask for a program by the bare name.
    Ok(template.lines().filter(|line| !line.starts_with("TryExec=")).map(line).collect())
}

/// The text of the entry at `path`, if there is one.
pub(super) fn read(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(ENTRY_MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether `program`, from an entry, is the file `ours`. A bare name is resolved in `PATH`, as a shell does.
pub(super) fn leads_to(program: &Path, ours: &Path) -> bool {
    let same = |a: &Path, b: &Path| fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b));
    if program.components().count() > 1 {
        return program == ours || same(program, ours);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|p| p.is_file()).is_some_and(|p| same(&p, ours))
}

/// Whether the user has switched an autostart entry off with a tool of the desktop.
pub(super) fn is_switched_off(entry: &str) -> bool {
    value(entry, "Hidden") == Some("true") || value(entry, "X-GNOME-Autostart-enabled") == Some("false")
}

/// The program that an entry starts, if any.
pub(super) fn program_of(entry: &str) -> Option<PathBuf> {
    first_word(&unescaped(value(entry, "Exec")?)?)
}

/// The value of `key` in the main group of an entry, as it is written there.
fn value<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    let mut inside = false;
    for line in entry.lines() {
        match line.trim() {
            "[Desktop Entry]" => inside = true,
            other if other.starts_with('[') => inside = false,
            other if inside => {
                let value = other.strip_prefix(key).and_then(|rest| rest.trim_start().strip_prefix('='));
                if let Some(value) = value {
                    return Some(value.trim_start());
                }
            }
            _ => {}
        }
    }
    None
}

/// Quotes a path as the first word of `Exec`. Two layers: quoting of arguments, then escaping of strings.
fn quoted(program: &Path) -> Result<String, RegistrationError> {
    let path = program.to_str().filter(|p| !p.is_empty()).ok_or(RegistrationError::ProgramPath)?;
    // The specification forbids `=` in a program's path and has no escape for most control characters.
    if path.chars().any(|c| c.is_control() || c == '=') {
        return Err(RegistrationError::ProgramPath);
    }
    // Quote only if necessary: some launchers do not understand quotes.
    if !needs_quotes(path) {
        return Ok(path.replace('%', "%%"));
    }
    let path = path.replace('%', "%%");
    let mut quoted = String::from("\"");
    for c in path.chars() {
        if matches!(c, '"' | '`' | '$' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Ok(quoted.replace('\\', "\\\\"))
}

/// Whether a path must be quoted.
pub(super) fn needs_quotes(path: &str) -> bool {
    path.contains([' ', '"', '\'', '\\', '>', '<', '~', '|', '&', ';', '$', '*', '?', '#', '(', ')', '`'])
}

/// Undoes the escaping of strings.
fn unescaped(value: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                's' => ' ',
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}

/// Undoes the quoting of the first argument.
fn first_word(line: &str) -> Option<PathBuf> {
    let mut word = String::new();
    let mut chars = line.chars();
    if line.starts_with('"') {
        chars.next();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => word.push(chars.next()?),
                c => word.push(c),
            }
        }
    } else {
        word.extend(chars.take_while(|c| !c.is_whitespace()));
    }
    Some(PathBuf::from(word.replace("%%", "%"))).filter(|path| !path.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_paths_per_the_desktop_entry_specification() {
        let rows = [
            ("/usr/bin/countenance", "/usr/bin/countenance"),
            ("/opt/ünï/countenance", "/opt/ünï/countenance"),
            ("/home/a b/countenance", "\"/home/a b/countenance\""),
            ("/a'b", "\"/a'b\""),
            ("/a\"b", r#""/a\\"b""#),
            ("/a$b`c", r#""/a\\$b\\`c""#),
            ("/a\\b", r#""/a\\\\b""#),
            ("/100%/u", "/100%%/u"),
            ("/%f oo", "\"/%%f oo\""),
            ("/a;b", "\"/a;b\""),
        ];
        for (path, expected) in rows {
            assert_eq!(quoted(Path::new(path)).unwrap(), expected, "{path}");
            let entry = entry_for(Path::new(path)).unwrap();
            assert!(entry.contains(&format!("\nExec={expected} %u\n")), "{entry}");
            assert_eq!(program_of(&entry), Some(PathBuf::from(path)), "{path} is read again");
        }
        for bad in ["", "/a\nExec=/bin/sh", "/a\tb", "/a=b"] {
            assert!(matches!(quoted(Path::new(bad)), Err(RegistrationError::ProgramPath)), "{bad:?}");
        }
    }

    #[test]
    fn reads_the_program_from_the_main_group_only() {
        let rows = [
            ("plain", "[Desktop Entry]\nExec = /a/b %u\n", Some("/a/b")),
            ("other group first", "[Desktop Action x]\nExec=/no\n[Desktop Entry]\nExec=/yes\n", Some("/yes")),
            ("another key", "[Desktop Entry]\nTryExec=/no\nExecution=/no\n", None),
            ("no group", "Exec=/a\n", None),
            ("no end of the quotes", "[Desktop Entry]\nExec=\"/a %u\n", None),
            ("broken escape", "[Desktop Entry]\nExec=/a\\x\n", None),
            ("empty", "[Desktop Entry]\nExec=\n", None),
        ];
        for (name, entry, expected) in rows {
            assert_eq!(program_of(entry), expected.map(PathBuf::from), "{name}");
        }
    }
}
