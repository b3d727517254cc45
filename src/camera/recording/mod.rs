//! Recordings as frame sources: played as fast as they are read.
//!
//! | content | reader | frame times |
//! |---|---|---|
//! | YUV4MPEG2: 4:2:0 in all sitings, 4:2:2, 4:4:4, mono, 8 bits | `y4m` | the header's rate |
//! | AVI with Motion JPEG | `avi`, images by `still` | the stream's rate |
//! | MP4 or QuickTime with H.264, 4:2:0, 8 bits, progressive | `mp4` (boxes), `sps`, `h264` (decoder) | the sample tables |
//! | animated GIF, WebP, PNG | `animation` | the images' delays |
//! | one JPEG or PNG | `single` | one frame |
//! | a folder of numbered images | `folder` | [`Options::folder_fps`] |
//!
//! The format is detected from the content, not the name. All bytes are untrusted: sizes are limited before memory is
//! allocated, offsets are checked, and inconsistencies are a [`RecordingError`]. Chroma is repeated, not interpolated.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    time::Duration,
};

use super::{CameraError, FrameSource};
use countenance_core::{
    frame::Frame,
    protocol::{CameraClaim, CameraKind},
};

mod animation;
mod avi;
mod bytes;
mod error;
mod folder;
mod h264;
mod mp4;
mod single;
mod sps;
mod still;
mod y4m;

pub use error::{FourCc, RecordingError, Unsupported};

/// Maximum size of a compressed file, bytes. A Y4M file is read frame by frame and may be larger.
pub const MAX_FILE_BYTES: u64 = 512 << 20;
/// Maximum number of frames of a recording: more than two hours at 25 per second.
pub const MAX_FRAMES: u64 = 200_000;
/// Maximum plausible frame rate, frames per second.
pub const MAX_FPS: u32 = 1_000;
/// Maximum plausible duration of a recording.
pub const MAX_LENGTH: Duration = Duration::from_hours(24);

/// Options that the recording itself does not specify.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Frames per second of a folder of images, above 0 and up to [`MAX_FPS`].
    pub folder_fps: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { folder_fps: 25.0 }
    }
}

/// A recording that is read.
pub struct Recording {
    pictures: Box<dyn Pictures>,
    name: String,
    seq: u64,
    last_at: Duration,
}

/// A reader of one container.
trait Pictures: Send {
    /// The next image as frame number `seq`; `None` after the last.
    fn next(&mut self, seq: u64) -> Result<Option<Frame>, RecordingError>;

    /// Total number of images, if the container specifies it.
    fn count(&self) -> Option<u64>;

    /// The codec's name for the attestation.
    fn codec(&self) -> &'static str;
}

/// Opens the recording at `path` with [`Options::default`].
pub fn open(path: &Path) -> Result<Recording, RecordingError> {
    open_with(path, &Options::default())
}

/// Opens the recording at `path`: a file in a known container, or a folder of numbered images.
pub fn open_with(path: &Path, options: &Options) -> Result<Recording, RecordingError> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let pictures = if path.is_dir() {
        Box::new(folder::Folder::open(path, options.folder_fps)?) as Box<dyn Pictures>
    } else {
        sniff(File::open(path)?)?
    };
    Ok(Recording { pictures, name, seq: 0, last_at: Duration::ZERO })
}

impl Recording {
    /// Total number of frames, if the container specifies it, for a progress bar. Includes empty frames of an AVI,
    /// which are not delivered.
    pub fn frames_hint(&self) -> Option<u64> {
        self.pictures.count()
    }
}

impl FrameSource for Recording {
    fn next_frame(&mut self, _within: Duration) -> Result<Frame, CameraError> {
        if self.seq >= MAX_FRAMES {
            return Err(RecordingError::TooManyFrames.into());
        }
        let frame = self.pictures.next(self.seq)?.ok_or(CameraError::Ended)?;
        if frame.at() < self.last_at || frame.at() > MAX_LENGTH {
            return Err(RecordingError::Time { seq: self.seq }.into());
        }
        self.seq += 1;
        self.last_at = frame.at();
        Ok(frame)
    }

    fn provenance(&self) -> CameraClaim {
        CameraClaim {
            name: self.name.clone(),
            driver: "recording".into(),
            kind: CameraKind::Virtual,
            format: self.pictures.codec().into(),
            bus_path: None,
            vid_pid: None,
            pinned: false,
            testing: true,
            qualified: false,
            signs: Vec::new(),
        }
    }
}

/// Selects the reader for the content of `file`.
fn sniff(mut file: File) -> Result<Box<dyn Pictures>, RecordingError> {
    let mut head = Vec::with_capacity(16);
    file.by_ref().take(16).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if head.starts_with(b"YUV4MPEG2") {
        return Ok(Box::new(y4m::Y4m::open(file)?));
    }
    let kind = head.get(4..8).unwrap_or_default();
    let form = head.get(8..12).unwrap_or_default();
    if head.starts_with(b"RIFF") && form == b"AVI " {
        Ok(Box::new(avi::Avi::open(read_capped(file, MAX_FILE_BYTES)?)?))
    } else if [b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"].iter().any(|name| kind == *name) {
        Ok(Box::new(h264::H264::open(read_capped(file, MAX_FILE_BYTES)?)?))
    } else if single::is_jpeg(&head) {
        Ok(Box::new(single::Single::open(&read_capped(file, MAX_FILE_BYTES)?)?))
    } else if let Some(kind) = animation::Kind::of(&head) {
        let data = read_capped(file, MAX_FILE_BYTES)?;
        if kind.stands_still(&data) {
            return Ok(Box::new(single::Single::open(&data)?));
        }
        Ok(Box::new(animation::Animation::open(kind, data)?))
    } else {
        Err(RecordingError::Unknown)
    }
}

/// Reads all of `file`; fails if it is longer than `limit` bytes.
fn read_capped(file: File, limit: u64) -> Result<Vec<u8>, RecordingError> {
    let mut data = Vec::new();
    file.take(limit + 1).read_to_end(&mut data)?;
    if data.len() as u64 > limit { Err(RecordingError::TooLarge { limit }) } else { Ok(data) }
}

/// Time of frame `index` at `numerator` / `denominator` frames per second, which [`rate`] must have checked.
fn frame_time(index: u64, (numerator, denominator): (u32, u32)) -> Duration {
    let nanos = u128::from(index) * u128::from(denominator) * 1_000_000_000 / u128::from(numerator.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// Checks a frame rate: above one frame a minute, at most [`MAX_FPS`].
fn rate(numerator: u32, denominator: u32) -> Result<(u32, u32), RecordingError> {
    let (n, d) = (u64::from(numerator), u64::from(denominator));
    if d == 0 || n * 60 < d || n > d * u64::from(MAX_FPS) {
        return Err(RecordingError::FrameRate { numerator, denominator });
    }
    Ok((numerator, denominator))
}
