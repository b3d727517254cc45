//! Asks the reader of recordings, which `countenance capture` uses, what it reads.

use std::{collections::BTreeSet, path::Path};

use super::{super::parallel, InventoryError, Reason, walk::Folder};
use countenance_camera::recording::{self, RecordingError};
use countenance_client::headless::causes;

/// Whether a file that the reader opens has more than one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A single image.
    Still,
    /// Anything else.
    Recording,
}

/// What the reader says about each of `files`: its content, or why it refuses the file.
pub(super) fn open_all(files: &[&Path]) -> Vec<Result<Content, Reason>> {
    let open = |path: &&Path| match recording::open(path) {
        Ok(recording) if recording.frames_hint() == Some(1) => Ok(Content::Still),
        Ok(_) => Ok(Content::Recording),
        // The name of the file stands before it, and the known kinds behind the list.
        Err(error) => Err(match error.reason() {
            RecordingError::Unknown(found) if found.has_no_way_out() => Reason::UnknownKind(found.to_string()),
            reason => Reason::Refused(causes(reason)),
        }),
    };
    parallel::map(files, parallel::cores(), &open, &|_| ())
}

/// Whether each file of `folder` is an image that the reader plays when it opens the folder. `None` if the folder is no
/// recording.
pub(super) fn played(folder: &Folder) -> Result<Option<Vec<bool>>, InventoryError> {
    let recording = match recording::open(&folder.path) {
        Ok(recording) => recording,
        Err(error) if matches!(error.reason(), RecordingError::TooManyFrames | RecordingError::Io(_)) => {
            return Err(InventoryError::Images { path: folder.path.clone(), source: Box::new(error) });
        }
        Err(_) => return Ok(None),
    };
    let played: BTreeSet<_> = recording.files().iter().map(std::ffi::OsString::as_os_str).collect();
    let is_played = |path: &Path| path.file_name().is_some_and(|name| played.contains(name));
    Ok(Some(folder.files.iter().map(|file| is_played(&file.path)).collect()))
}
