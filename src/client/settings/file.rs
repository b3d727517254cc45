//! Reads and atomically replaces the settings file.

use std::path::Path;

use super::{SETTINGS_MAX_BYTES, read::line_at};
use countenance_system::small_file::{self, SmallFileError};

/// Why the settings file cannot be used. The file is left unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file could not be read or written.
    #[error("could not use the settings file")]
    File(#[from] SmallFileError),
    /// Not TOML.
    #[error("line {line} of the settings is not TOML")]
    NotToml {
        /// Line, counted from 1.
        line: usize,
        /// The parser's error.
        source: Box<toml_edit::TomlError>,
    },
    /// A table where a value belongs.
    #[error("line {line} of the settings: {key} is a table, not a value")]
    Occupied {
        /// The key.
        key: &'static str,
        /// Line, counted from 1.
        line: usize,
    },
}

impl SettingsError {
    pub(super) fn of_toml(text: &str, error: toml_edit::TomlError) -> Self {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        Self::NotToml { line, source: Box::new(error) }
    }

    /// The line at fault, if known.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::File(SmallFileError::NotText { line, .. })
            | Self::NotToml { line, .. }
            | Self::Occupied { line, .. } => Some(*line),
            Self::File(_) => None,
        }
    }
}

/// The text of the file at `path`; `None` if there is no file.
pub(super) fn read(path: &Path) -> Result<Option<String>, SettingsError> {
    Ok(small_file::read(path, SETTINGS_MAX_BYTES)?)
}

/// Replaces the file at `path` atomically with `text`.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), SettingsError> {
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
        super::{Loaded, Settings, Theme},
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
        Settings::default().save(&path).unwrap();
        assert!(!path.exists(), "defaults need no file");
        dark().save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), Loaded { settings: dark(), complaints: vec![] });
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }

    #[test]
    fn reports_unusable_files_and_never_overwrites_them() {
        type Spoil = fn(&Path);
        type Named = fn(&SettingsError) -> bool;
        let rows: [(&str, Spoil, Named); 7] = [
            ("not TOML", |p| fs::write(p, "a = 1\n??\n").unwrap(), |e| e.line() == Some(2)),
            ("not UTF-8", |p| fs::write(p, b"a = 1\n\n# \xff\n").unwrap(), |e| e.line() == Some(3)),
            (
                "too large",
                |p| fs::write(p, "#".repeat(SETTINGS_MAX_BYTES + 1)).unwrap(),
                |e| matches!(e, SettingsError::File(SmallFileError::TooLarge { .. })),
            ),
            (
                "a folder",
                |p| fs::create_dir(p).unwrap(),
                |e| matches!(e, SettingsError::File(SmallFileError::NotAFile)),
            ),
            (
                "a link",
                |p| {
                    fs::write(p.with_extension("aside"), "a = 1\n").unwrap();
                    symlink(p.with_extension("aside"), p).unwrap();
                },
                |e| matches!(e, SettingsError::File(SmallFileError::NotAFile)),
            ),
            (
                "a link to nowhere",
                |p| symlink(p.with_extension("nowhere"), p).unwrap(),
                |e| matches!(e, SettingsError::File(SmallFileError::NotAFile)),
            ),
            (
                "writable by all",
                |p| {
                    fs::write(p, "a = 1\n").unwrap();
                    fs::set_permissions(p, fs::Permissions::from_mode(0o666)).unwrap();
                },
                |e| matches!(e, SettingsError::File(SmallFileError::OpenToAll { mode: 0o666 })),
            ),
        ];
        for (name, spoil, named) in rows {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("settings.toml");
            spoil(&path);
            let (kind, bytes) = (fs::symlink_metadata(&path).unwrap().file_type(), fs::read(&path).ok());
            let (loading, saving) = (Settings::load(&path).unwrap_err(), dark().save(&path).unwrap_err());
            assert!(named(&loading) && named(&saving), "{name}: {loading:?}, {saving:?}");
            assert_eq!(fs::symlink_metadata(&path).unwrap().file_type(), kind, "{name}");
            assert_eq!(fs::read(&path).ok(), bytes, "{name}: left as it was");
        }
    }

    #[test]
    fn reads_files_up_to_the_size_limit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("settings.toml");
        fs::write(&path, "#".repeat(SETTINGS_MAX_BYTES)).unwrap();
        assert!(Settings::load(&path).is_ok());
        assert!(
            matches!(dark().save(&path), Err(SettingsError::File(SmallFileError::TooLarge { .. }))),
            "one choice more is too much"
        );
    }
}
