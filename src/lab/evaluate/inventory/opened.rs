//! Asks the reader of recordings, which `countenance capture` uses, what it reads.

use std::path::Path;

use super::{super::parallel, InventoryError, walk::Folder};
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
pub(super) fn open_all(files: &[&Path]) -> Vec<Result<Content, String>> {
    let open = |path: &&Path| match recording::open(path) {
        Ok(recording) if recording.frames_hint() == Some(1) => Ok(Content::Still),
        Ok(_) => Ok(Content::Recording),
        // The name of the file stands before it.
        Err(error) => Err(causes(error.reason())),
    };
    parallel::map(files, parallel::cores(), &open, &|_| ())
}

/// Whether each file of `folder` is an image that the reader plays when it opens the folder. `None` if the folder is no
/// recording.
pub(super) fn played(folder: &Folder) -> Result<Option<Vec<bool>>, InventoryError> {
    let failed = |error: RecordingError| InventoryError::Images { path: folder.path.clone(), source: Box::new(error) };
    let count = match recording::open(&folder.path) {
        Ok(recording) => recording.frames_hint(),
        Err(error) if matches!(error.reason(), RecordingError::TooManyFrames | RecordingError::Io(_)) => {
            return Err(failed(error));
        }
        Err(_) => return Ok(None),
    };
    if count == Some(folder.files.len() as u64) {
        return Ok(Some(vec![true; folder.files.len()]));
    }
    let plays = folder.files.iter().map(|file| plays(&file.path));
    plays.collect::<std::io::Result<_>>().map(Some).map_err(|error| failed(error.into()))
}

/// Whether the reader plays the file at `path` as an image of its folder. It does not say which files it has chosen, so
/// it is shown a folder with nothing else in it.
fn plays(path: &Path) -> std::io::Result<bool> {
    let alone = tempfile::tempdir()?;
    let Some(name) = path.file_name() else { return Ok(false) };
    #[cfg(unix)]
    std::os::unix::fs::symlink(path.canonicalize()?, alone.path().join(name))?;
    #[cfg(not(unix))]
    std::fs::copy(path, alone.path().join(name))?;
    Ok(recording::open(alone.path()).is_ok())
}
