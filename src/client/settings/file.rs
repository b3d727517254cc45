//! Reads and atomically replaces the settings file.

use std::path::{Path, PathBuf};

use super::{SETTINGS_MAX_BYTES, lines::Lines, read::line_at};
use countenance_system::small_file::{self, SmallFileError};

/// The settings file cannot be used. It is left unchanged.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the settings file {}", path.display())]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    /// The cause.
    pub source: SettingsFileError,
}

/// Why the settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// The file could not be read or written, or others can write to it.
    #[error(transparent)]
    File(#[from] SmallFileError),
    /// Not TOML. The parser's own error repeats the line in several lines of text.
    #[error("line {line} is not TOML: {}", why.message().trim())]
    NotToml {
        /// Line, counted from 1.
        line: usize,
        /// The parser's error.
        why: Box<toml_edit::TomlError>,
    },
    /// A table where a value belongs.
    #[error("line {line}: {key} is a table, not a value")]
    Occupied {
        /// The key.
        key: &'static str,
        /// Line, counted from 1.
        line: usize,
    },
}

impl SettingsFileError {
    pub(super) fn of_toml(text: &str, error: toml_edit::TomlError) -> Self {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        Self::NotToml { line, why: Box::new(error) }
    }

    /// Whether the owner must take access from others, rather than correct the content.
    pub fn is_about_access(&self) -> bool {
        matches!(
            self,
            Self::File(
                SmallFileError::OpenToAll { .. }
                    | SmallFileError::OpenToGroup { .. }
                    | SmallFileError::OtherOwner { .. }
                    | SmallFileError::NotOfOwner { .. }
                    | SmallFileError::FolderOpen { .. }
                    | SmallFileError::OpenToOthers { .. }
                    | SmallFileError::FolderOpenToOthers { .. }
            )
        )
    }

    pub(super) fn at(self, path: &Path) -> SettingsError {
        SettingsError { path: path.to_owned(), source: self }
    }
}

/// The text of the file at `path`; `None` if there is no file. It names the verifiers to trust.
pub(super) fn read(path: &Path) -> Result<Option<Lines>, SettingsFileError> {
    Ok(small_file::read_trusted(path, SETTINGS_MAX_BYTES)?.map(|text| Lines::of(&text)))
}

/// As [`read`], for an administrator's file, which belongs to the user with the ID `owner`.
pub(super) fn read_managed(path: &Path, owner: u32) -> Result<Option<Lines>, SettingsFileError> {
    Ok(small_file::read_of_owner(path, SETTINGS_MAX_BYTES, owner)?.map(|text| Lines::of(&text)))
}

/// Replaces the file at `path` atomically with `text`.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), SettingsFileError> {
    Ok(small_file::replace(path, text, SETTINGS_MAX_BYTES)?)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::{
        super::{Loaded, Managed, Settings, Theme},
        *,
    };

    fn dark() -> Settings {
        Settings { theme: Theme::Dark, ..Settings::default() }
    }

    #[test]
    fn saves_settings_atomically_and_privately() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config/countenance/settings.toml");
        assert_eq!(Settings::load(&path).unwrap(), Loaded::default(), "no file: defaults");
        Settings::default().save(&path, &Managed::default()).unwrap();
        assert!(!path.exists(), "defaults need no file");
        dark().save(&path, &Managed::default()).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), Loaded { settings: dark(), complaints: vec![] });
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }

    #[test]
    fn reports_unusable_files_and_never_overwrites_them() {
        type Spoil = fn(&Path);
        type Named = fn(&SettingsFileError) -> bool;
        let rows: [(&str, Spoil, Named); 8] = [
            (
                "not TOML",
                |p| fs::write(p, "a = 1\n??\n").unwrap(),
                |e| matches!(e, SettingsFileError::NotToml { line: 2, .. }) && !e.to_string().contains('\n'),
            ),
            (
                "not UTF-8",
                |p| fs::write(p, b"a = 1\n\n# \xff\n").unwrap(),
                |e| matches!(e, SettingsFileError::File(SmallFileError::NotText { line: 3, .. })),
            ),
            (
                "too large",
                |p| fs::write(p, "#".repeat(SETTINGS_MAX_BYTES + 1)).unwrap(),
                |e| matches!(e, SettingsFileError::File(SmallFileError::TooLarge { .. })),
            ),
            (
                "a folder",
                |p| fs::create_dir(p).unwrap(),
                |e| matches!(e, SettingsFileError::File(SmallFileError::NotAFile)),
            ),
            (
                "a link to nowhere",
                |p| symlink(p.with_extension("nowhere"), p).unwrap(),
                |e| matches!(e, SettingsFileError::File(SmallFileError::LinkToNowhere(_))),
            ),
            (
                "writable by all",
                |p| {
                    fs::write(p, "a = 1\n").unwrap();
                    fs::set_permissions(p, fs::Permissions::from_mode(0o666)).unwrap();
                },
                |e| matches!(e, SettingsFileError::File(SmallFileError::OpenToAll { mode: 0o666 })),
            ),
            (
                "a link to what all can write",
                |p| {
                    fs::write(p.with_extension("aside"), "a = 1\n").unwrap();
                    fs::set_permissions(p.with_extension("aside"), fs::Permissions::from_mode(0o646)).unwrap();
                    symlink(p.with_extension("aside"), p).unwrap();
                },
                |e| {
                    matches!(e, SettingsFileError::File(SmallFileError::OpenToAll { mode: 0o646 }))
                        && e.is_about_access()
                },
            ),
            (
                "in a folder that all can write",
                |p| {
                    fs::write(p, "a = 1\n").unwrap();
                    fs::set_permissions(p.parent().unwrap(), fs::Permissions::from_mode(0o757)).unwrap();
                },
                |e| matches!(e, SettingsFileError::File(SmallFileError::FolderOpen { mode: 0o757, .. })),
            ),
        ];
        for (name, spoil, named) in rows {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("settings.toml");
            spoil(&path);
            let (kind, bytes) = (fs::symlink_metadata(&path).unwrap().file_type(), fs::read(&path).ok());
            let (loading, saving) =
                (Settings::load(&path).unwrap_err(), dark().save(&path, &Managed::default()).unwrap_err());
            assert!(named(&loading.source) && named(&saving.source), "{name}: {loading:?}, {saving:?}");
            assert!(loading.to_string().ends_with(path.to_str().unwrap()), "{name}: {loading}");
            assert_eq!(fs::symlink_metadata(&path).unwrap().file_type(), kind, "{name}");
            assert_eq!(fs::read(&path).ok(), bytes, "{name}: left as it was");
        }
    }

    /// Each row: the file before, and after the theme was changed to dark.
    #[test]
    fn what_was_not_changed_stays_byte_for_byte() {
        let rows = [
            ("a mark of the encoding", "\u{feff}theme = \"light\"\n", "\u{feff}theme = \"dark\"\n"),
            (
                "lines of Windows",
                "# mine\r\n\r\ntheme = \"light\"\r\n[new]\r\na = 1\r\n",
                "# mine\r\n\r\ntheme = \"dark\"\r\n[new]\r\na = 1\r\n",
            ),
            ("both", "\u{feff}# mine\r\n", "\u{feff}theme = \"dark\"\r\n# mine\r\n"),
            (
                "mixed lines",
                "a = 1\ntheme = \"light\"\r\n# one\n# two\r\n",
                "a = 1\ntheme = \"dark\"\r\n# one\n# two\r\n",
            ),
            ("no end of the last line", "theme = \"light\"\n# end", "theme = \"dark\"\n# end"),
            ("tabs and blanks", "theme\t =  'light' \t# so\n\t\n", "theme\t =  \"dark\" \t# so\n\t\n"),
            (
                "text over several lines",
                "b = \"\"\"\r\nx\r\n\"\"\"\r\n",
                "b = \"\"\"\r\nx\r\n\"\"\"\r\ntheme = \"dark\"\r\n",
            ),
        ];
        for mode in [0o600, 0o640, 0o644] {
            for (name, before, after) in rows {
                let home = tempfile::tempdir().unwrap();
                let (file, link) = (home.path().join("dotfiles/settings"), home.path().join("settings.toml"));
                fs::create_dir(home.path().join("dotfiles")).unwrap();
                fs::write(&file, before).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
                symlink("dotfiles/settings", &link).unwrap();
                let mut settings = Settings::load(&link).unwrap().settings;
                settings.theme = Theme::Dark;
                settings.save(&link, &Managed::default()).unwrap();
                assert_eq!(fs::read_to_string(&file).unwrap(), after, "{name}");
                assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, mode, "{name}");
                assert_eq!(fs::read_link(&link).unwrap(), Path::new("dotfiles/settings"), "{name}");
                assert_eq!(Settings::load(&link).unwrap().settings, settings, "{name}");
            }
        }
    }

    #[test]
    fn reads_files_up_to_the_size_limit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("settings.toml");
        fs::write(&path, "#".repeat(SETTINGS_MAX_BYTES)).unwrap();
        assert!(Settings::load(&path).is_ok());
        assert!(
            matches!(
                dark().save(&path, &Managed::default()).unwrap_err().source,
                SettingsFileError::File(SmallFileError::TooLarge { .. })
            ),
            "one choice more is too much"
        );
    }
}
