//! Recordings as frame sources: played as fast as they are read.
//!
//! | content | reader | frame times |
//! |---|---|---|
//! | YUV4MPEG2: 4:2:0 in all sitings, 4:2:2, 4:4:4, mono, 8 bits; also through a pipe | `y4m` | the header's rate |
//! | AVI with Motion JPEG | `avi` (chunks), `motion_jpeg` | the stream's rate |
//! | MP4 or QuickTime with H.264, 4:2:0, 8 bits, progressive | `mp4` (boxes), `sps`, `h264` (decoder) | sample tables or fragments, and the edit list |
//! | MP4 or QuickTime with Motion JPEG | `mp4`, `motion_jpeg` | the same |
//! | animated GIF, WebP, PNG | `animation` | the images' delays |
//! | one JPEG, PNG, WebP, BMP | `single` | one frame |
//! | a folder of numbered images | `folder` | [`Options::folder_fps`] |
//!
//! The format is detected from the content, not the name (`open`); what is not read is named with the way out (`kinds`).
//! All bytes are untrusted: sizes are limited before memory is allocated, offsets are checked, and inconsistencies are a
//! [`RecordingError`]. Chroma is repeated, not interpolated.
//!
//! One rule for all readers: what a player would not show is not judged. An image that is damaged or cannot be decoded is
//! left out and counted in [`Losses`]; the rest keeps its time.

use std::{ffi::OsString, time::Duration};

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
mod input;
mod kinds;
mod losses;
mod motion_jpeg;
mod mp4;
mod open;
mod pipe;
mod sei;
mod single;
mod sps;
mod still;
mod y4m;

pub use error::{FourCc, ImageFault, RecordingError, Unsupported};
pub use kinds::{Found, KNOWN_KINDS};
pub use losses::Losses;
pub use open::{open, open_with};

use open::read_capped;

/// Maximum size of a file that is read into memory as a whole: an image or an animation.
pub const MAX_FILE_BYTES: u64 = 128 << 20;
/// Maximum number of frames of a recording: more than two hours at 25 per second.
pub const MAX_FRAMES: u64 = 200_000;
/// Maximum plausible frame rate, frames per second.
pub const MAX_FPS: u32 = 1_000;
/// Maximum plausible duration of a recording.
pub const MAX_LENGTH: Duration = Duration::from_hours(24);
/// Maximum size of a compressed frame, bytes.
const MAX_SAMPLE_BYTES: u32 = 32 << 20;

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
    losses: Losses,
    /// Why the first image was left out.
    first: Option<RecordingError>,
}

/// A reader of one container.
trait Pictures: Send {
    /// The next image, or what became of it; `None` after the last.
    fn next(&mut self) -> Result<Option<Step>, RecordingError>;

    /// Total number of images, if the container specifies it.
    fn count(&self) -> Option<u64>;

    /// The codec's name for the attestation.
    fn codec(&self) -> &'static str;

    /// Names of the images of a folder, in order; none for other recordings.
    fn files(&self) -> &[OsString] {
        &[]
    }

    /// What was noticed when the container was opened.
    fn losses(&self) -> Losses {
        Losses::default()
    }
}

/// What a reader comes to.
enum Step {
    /// An image.
    Image(Image),
    /// An image that is left out.
    Damaged(RecordingError),
    /// So many frames that cannot be decoded.
    Lost(u64),
    /// The end of a file that its recorder never finished, at this byte.
    Unfinished(u64),
}

/// An image and its time.
struct Image {
    still: still::Still,
    at: Duration,
}

impl Recording {
    fn new(pictures: Box<dyn Pictures>, name: String) -> Self {
        let losses = pictures.losses();
        Self { pictures, name, seq: 0, last_at: Duration::ZERO, losses, first: None }
    }

    /// Total number of frames, if the container specifies it, for a progress bar. Includes empty and damaged frames, which
    /// are not delivered.
    pub fn frames_hint(&self) -> Option<u64> {
        self.pictures.count()
    }

    /// Names of the files that a folder plays, in order, including damaged ones. Empty if the recording is no folder.
    pub fn files(&self) -> &[OsString] {
        self.pictures.files()
    }

    /// What was left out or changed so far.
    pub fn losses(&self) -> Losses {
        self.losses
    }

    /// The next whole image as a frame.
    fn advance(&mut self) -> Result<Option<Frame>, RecordingError> {
        loop {
            if self.seq + self.losses.missing() >= MAX_FRAMES {
                return Err(RecordingError::TooManyFrames);
            }
            match self.pictures.next()? {
                Some(Step::Image(Image { still, at })) => {
                    if at < self.last_at || at > MAX_LENGTH {
                        return Err(RecordingError::Time { seq: self.seq });
                    }
                    if let Some(size) = still.reduced_from {
                        self.losses.reduce(size);
                    }
                    let frame = Frame::new(still.width, still.height, still.rgb, self.seq, at)?;
                    (self.seq, self.last_at) = (self.seq + 1, at);
                    return Ok(Some(frame));
                }
                Some(Step::Damaged(error)) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "leaving out an image");
                    self.losses.damaged += 1;
                    self.first.get_or_insert(error);
                }
                Some(Step::Lost(frames)) => self.losses.lost += frames,
                Some(Step::Unfinished(at)) => self.losses.ends_at = Some(at),
                None if self.seq > 0 => return Ok(None),
                None if self.losses.missing() == 0 => return Err(RecordingError::Empty),
                None => {
                    let source = self.first.take().map(Box::new);
                    return Err(RecordingError::NothingShown { losses: self.losses, source });
                }
            }
        }
    }
}

impl FrameSource for Recording {
    fn next_frame(&mut self, _within: Duration) -> Result<Frame, CameraError> {
        match self.advance() {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(CameraError::Ended),
            Err(error) => Err(RecordingError::In { file: self.name.clone(), source: Box::new(error) }.into()),
        }
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

    fn losses(&self) -> Losses {
        self.losses
    }
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
