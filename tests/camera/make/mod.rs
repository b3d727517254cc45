//! Makes recordings from the fixtures as recorders, phones and browsers write them, and as damage leaves them.

#![allow(dead_code, reason = "two suites use it, neither all of it")]
#![allow(clippy::struct_excessive_bools, clippy::trivially_copy_pass_by_ref, reason = "layouts and names, as literals")]

pub(crate) mod avi;
pub(crate) mod movie;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use countenance_camera::{CameraError, FrameSource, Losses, recording};
use countenance_core::frame::Frame;

/// Recordings return their next frame without waiting.
const NO_WAIT: Duration = Duration::ZERO;

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// One of twelve JPEGs of 64 × 48.
pub(crate) fn jpeg(number: usize) -> Vec<u8> {
    fs::read(fixture(&format!("formats/numbered/{number}.jpg"))).unwrap()
}

/// `jpeg` without its segments of these markers.
pub(crate) fn without(jpeg: &[u8], markers: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (jpeg[..2].to_vec(), 2);
    while jpeg[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if !markers.contains(&jpeg[at + 1]) {
            out.extend(&jpeg[at..end]);
        }
        at = end;
    }
    out.extend(&jpeg[at..]);
    out
}

/// What a recording gives until it ends or fails.
pub(crate) struct Played {
    pub(crate) frames: Vec<Frame>,
    pub(crate) losses: Losses,
    /// The error with its sources, if it did not simply end.
    pub(crate) error: Option<String>,
}

impl Played {
    /// In one line: the number of frames, and what was lost or went wrong.
    pub(crate) fn summary(&self) -> String {
        let losses = if self.losses.is_empty() { String::new() } else { format!("; {}", self.losses) };
        let error = self.error.as_ref().map(|error| format!("; {error}")).unwrap_or_default();
        format!("{} frames{losses}{error}", self.frames.len())
    }

    /// Milliseconds of each frame, rounded.
    pub(crate) fn millis(&self) -> Vec<u64> {
        self.frames.iter().map(|frame| (frame.at().as_secs_f64() * 1000.0).round() as u64).collect()
    }
}

/// Plays the recording at `path`.
pub(crate) fn play(path: &Path) -> Played {
    let mut played = Played { frames: Vec::new(), losses: Losses::default(), error: None };
    let mut source = match recording::open(path) {
        Ok(source) => source,
        Err(error) => return Played { error: Some(chain(&error)), ..played },
    };
    loop {
        match source.next_frame(NO_WAIT) {
            Ok(frame) => played.frames.push(frame),
            Err(error) => {
                played.losses = source.losses();
                played.error = (!matches!(error, CameraError::Ended)).then(|| chain(&error));
                return played;
            }
        }
    }
}

/// Plays a file with this content.
pub(crate) fn play_bytes(content: &[u8]) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    fs::write(&path, content).unwrap();
    play(&path)
}

/// An error with its sources, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause))).unwrap_or_default();
    format!("{error}{cause}")
}

/// For each frame of `some`, its index among `all`, by its pixels.
pub(crate) fn positions(some: &[Frame], all: &[Frame]) -> Vec<Option<usize>> {
    some.iter().map(|frame| all.iter().position(|other| other.rgb() == frame.rgb())).collect()
}
