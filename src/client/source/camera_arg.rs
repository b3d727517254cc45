//! The value of `--camera`: a camera or a recording, and what was probably meant by anything else.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};

/// What stands before the name of a recording.
const PREFIX: &str = "recording:";
/// Names of recordings end so.
const EXTENSIONS: [&str; 17] = [
    "apng", "avi", "bmp", "gif", "heic", "jpeg", "jpg", "m4v", "mkv", "mov", "mp4", "png", "ts", "webm", "webp", "y4m",
    "3gp",
];

/// A source of frames, as given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraArg {
    /// The ID, name or device of a camera.
    Named(String),
    /// A file or a folder of images. Its name need not be UTF-8.
    Recording(PathBuf),
}

/// Why a value is neither a camera nor a recording.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CameraArgError {
    /// Nothing after the prefix, or nothing at all.
    #[error("expected a camera, or recording:FILE")]
    Empty,
    /// Not UTF-8: no camera has such a name.
    #[error("a camera's name is UTF-8; for a recording, write recording:FILE")]
    NotText,
    /// A file without the prefix.
    #[error("this is a file, not a camera; did you mean {PREFIX}{}?", .0.display())]
    File(PathBuf),
    /// Something like the prefix.
    #[error("did you mean {PREFIX}{0}?")]
    Misspelled(String),
}

impl CameraArg {
    pub(super) fn parser() -> ValueParser {
        OsStringValueParser::new().try_map(|value| Self::parse(&value)).into()
    }

    fn parse(value: &OsStr) -> Result<Self, CameraArgError> {
        match after_prefix(value) {
            Some(path) if path.is_empty() => return Err(CameraArgError::Empty),
            Some(path) => return Ok(Self::Recording(path.into())),
            None => {}
        }
        let path = Path::new(value);
        if looks_like_a_recording(path) {
            return Err(CameraArgError::File(path.to_owned()));
        }
        let name = value.to_str().ok_or(CameraArgError::NotText)?;
        match name.split_once(':') {
            _ if name.trim().is_empty() => Err(CameraArgError::Empty),
            Some((word, file)) if is_nearly_prefix(word) => Err(CameraArgError::Misspelled(file.to_owned())),
            _ => Ok(Self::Named(name.to_owned())),
        }
    }
}

#[cfg(unix)]
fn after_prefix(value: &OsStr) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    value.as_bytes().strip_prefix(PREFIX.as_bytes()).map(|path| OsStr::from_bytes(path).to_owned())
}

#[cfg(not(unix))]
fn after_prefix(value: &OsStr) -> Option<OsString> {
    value.to_str()?.strip_prefix(PREFIX).map(OsString::from)
}

/// Whether there is such a file, or it is named like one. A device is a camera.
fn looks_like_a_recording(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    path.is_file() || EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Whether `word` is the prefix in capitals, or with a slip.
fn is_nearly_prefix(word: &str) -> bool {
    strsim::damerau_levenshtein(&format!("{}:", word.trim().to_ascii_lowercase()), PREFIX) <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_probably_meant() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("no extension");
        std::fs::write(&file, "").unwrap();
        let file = file.to_str().unwrap();
        let named = |name: &str| Ok(CameraArg::Named(name.into()));
        let recording = |path: &str| Ok(CameraArg::Recording(path.into()));
        let meant = |path: &str| Err(CameraArgError::File(path.into()));
        let misspelled = |path: &str| Err(CameraArgError::Misspelled(path.into()));
        for (value, expected) in [
            ("Desk Cam", named("Desk Cam")),
            ("/dev/video0", named("/dev/video0")),
            ("usb-0000:00:14.0-5", named("usb-0000:00:14.0-5")),
            ("recording:clip.mp4", recording("clip.mp4")),
            ("recording:a:b", recording("a:b")),
            ("recording:folder", recording("folder")),
            ("clip.mp4", meant("clip.mp4")),
            ("/no/such/CLIP.MOV", meant("/no/such/CLIP.MOV")),
            (file, meant(file)),
            ("Recording:clip", misspelled("clip")),
            ("recoding:clip", misspelled("clip")),
            ("record:clip", misspelled("clip")),
            ("recording:", Err(CameraArgError::Empty)),
            ("", Err(CameraArgError::Empty)),
            (" ", Err(CameraArgError::Empty)),
        ] {
            assert_eq!(CameraArg::parse(OsStr::new(value)), expected, "{value}");
        }
        let error = CameraArg::parse(OsStr::new("clip.mp4")).unwrap_err().to_string();
        assert!(error.ends_with("did you mean recording:clip.mp4?"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_recording_need_not_have_a_name_in_utf_8() {
        use std::os::unix::ffi::OsStrExt;
        let value = OsStr::from_bytes(b"recording:caf\xe9.mp4");
        let expected = CameraArg::Recording(OsStr::from_bytes(b"caf\xe9.mp4").into());
        assert_eq!(CameraArg::parse(value), Ok(expected));
        assert_eq!(CameraArg::parse(OsStr::from_bytes(b"caf\xe9")), Err(CameraArgError::NotText));
    }
}
