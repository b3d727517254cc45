//! The file of the settings: plain, small, text, and replaced whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{SETTINGS_MAX_BYTES, read::line_at};
use crate::world::{SystemChance, random_text};

/// Why the settings file cannot be used. The file itself is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The path has no folder that a file could stand in.
    #[error("{} does not name a file", .0.display())]
    NoFileName(PathBuf),
    /// The file is there and cannot be read.
    #[error("the settings cannot be read")]
    Read(#[source] io::Error),
    /// A folder, link or device stands where the file should.
    #[error("the settings are not a plain file")]
    NotAFile,
    /// Anybody on this machine may write to the file, so anybody could name a verifier.
    #[error("everybody may write to the settings (mode {mode:o})")]
    OpenToAll {
        /// Its permission bits.
        mode: u32,
    },
    /// More than [`SETTINGS_MAX_BYTES`].
    #[error("the settings have more than {SETTINGS_MAX_BYTES} bytes")]
    TooLarge,
    /// Not UTF-8.
    #[error("line {line} of the settings is not text in UTF-8")]
    NotText {
        /// Where, counted from 1.
        line: usize,
        /// What the decoder says.
        source: std::str::Utf8Error,
    },
    /// Not TOML.
    #[error("line {line} of the settings is not TOML")]
    NotToml {
        /// Where, counted from 1.
        line: usize,
        /// What the parser says.
        source: Box<toml_edit::TomlError>,
    },
    /// A section stands where a value is to be put.
    #[error("line {line} of the settings: a section stands in the place of {key}")]
    Occupied {
        /// Which key.
        key: &'static str,
        /// Where, counted from 1.
        line: usize,
    },
    /// The new file could not be put in the old one's place.
    #[error("the settings cannot be written")]
    Write(#[source] io::Error),
}

impl SettingsError {
    pub(super) fn of_toml(text: &str, error: toml_edit::TomlError) -> Self {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        Self::NotToml { line, source: Box::new(error) }
    }

    /// The line that is to blame, where one is.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NotText { line, .. } | Self::NotToml { line, .. } | Self::Occupied { line, .. } => Some(*line),
            _ => None,
        }
    }
}

/// The text of the file at `path`; `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<String>, SettingsError> {
    match fs::symlink_metadata(path) {
        Ok(seen) if seen.is_file() => {}
        Ok(_) => return Err(SettingsError::NotAFile),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound) => return Ok(None),
        Err(e) => return Err(SettingsError::Read(e)),
    }
    let file = File::open(path).map_err(SettingsError::Read)?;
    guard(&file.metadata().map_err(SettingsError::Read)?)?;
    let mut bytes = Vec::new();
    file.take(SETTINGS_MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(SettingsError::Read)?;
    if bytes.len() > SETTINGS_MAX_BYTES {
        return Err(SettingsError::TooLarge);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(e) => {
            let source = e.utf8_error();
            let good = e.as_bytes().iter().take(source.valid_up_to());
            let line = 1 + good.filter(|byte| **byte == b'\n').count();
            Err(SettingsError::NotText { line, source })
        }
    }
}

/// Puts `text` at `path`. A power cut leaves the old file or the new one, never half of either.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), SettingsError> {
    if text.len() > SETTINGS_MAX_BYTES {
        return Err(SettingsError::TooLarge);
    }
    let (Some(folder), Some(_)) = (path.parent(), path.file_name()) else {
        return Err(SettingsError::NoFileName(path.to_owned()));
    };
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    fs::create_dir_all(folder).map_err(SettingsError::Write)?;
    let draft = folder.join(format!(".settings.{}", random_text::<12>(&SystemChance)));
    let written = write_draft(&draft, text).and_then(|()| fs::rename(&draft, path)).and_then(|()| sync(folder));
    if written.is_err() {
        // It is gone already where only the last step failed.
        fs::remove_file(&draft).ok();
    }
    written.map_err(SettingsError::Write)
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts the folder's list of names on disk, where that can be asked for.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn guard(facts: &fs::Metadata) -> Result<(), SettingsError> {
    let mode = std::os::unix::fs::MetadataExt::mode(facts) & 0o7777;
    if mode & 0o002 == 0 { Ok(()) } else { Err(SettingsError::OpenToAll { mode }) }
}

/// Access is governed by the folder's own rules; nothing here checks them.
#[cfg(not(unix))]
fn guard(_: &fs::Metadata) -> Result<(), SettingsError> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{
        super::{Loaded, Settings, Theme},
        *,
    };

    fn dark() -> Settings {
        Settings { theme: Theme::Dark, ..Settings::default() }
    }

    #[test]
    fn settings_appear_whole_and_private_and_are_found_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config/countenance/settings.toml");
        assert_eq!(Settings::load(&path).unwrap(), Loaded::default(), "no file: defaults");
        Settings::default().save(&path).unwrap();
        assert!(!path.exists(), "defaults need no file");
        dark().save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), Loaded { settings: dark(), complaints: vec![] });
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_and_never_overwritten() {
        type Spoil = fn(&Path);
        type Named = fn(&SettingsError) -> bool;
        let rows: [(&str, Spoil, Named); 7] = [
            ("not TOML", |p| fs::write(p, "a = 1\n??\n").unwrap(), |e| e.line() == Some(2)),
            ("not UTF-8", |p| fs::write(p, b"a = 1\n\n# \xff\n").unwrap(), |e| e.line() == Some(3)),
            (
                "too large",
                |p| fs::write(p, "#".repeat(SETTINGS_MAX_BYTES + 1)).unwrap(),
                |e| matches!(e, SettingsError::TooLarge),
            ),
            ("a folder", |p| fs::create_dir(p).unwrap(), |e| matches!(e, SettingsError::NotAFile)),
            (
                "a link",
                |p| {
                    fs::write(p.with_extension("aside"), "a = 1\n").unwrap();
                    symlink(p.with_extension("aside"), p).unwrap();
                },
                |e| matches!(e, SettingsError::NotAFile),
            ),
            (
                "a link to nowhere",
                |p| symlink(p.with_extension("nowhere"), p).unwrap(),
                |e| matches!(e, SettingsError::NotAFile),
            ),
            (
                "writable by all",
                |p| {
                    fs::write(p, "a = 1\n").unwrap();
                    fs::set_permissions(p, fs::Permissions::from_mode(0o666)).unwrap();
                },
                |e| matches!(e, SettingsError::OpenToAll { mode: 0o666 }),
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
    fn as_many_bytes_as_allowed_are_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("settings.toml");
        fs::write(&path, "#".repeat(SETTINGS_MAX_BYTES)).unwrap();
        assert!(Settings::load(&path).is_ok());
        assert!(matches!(dark().save(&path), Err(SettingsError::TooLarge)), "one choice more is too much");
    }
}
