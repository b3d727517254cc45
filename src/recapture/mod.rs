//! Makes an attack recording from a genuine one: the clip as a camera would see it from a print, a phone or a tablet.
//!
//! ```text
//! frame ─► carrier (ink on paper, or sub-pixels under glass) ─► pose (stand or hand) ─► lens ─► sensor ─► JPEG ─► file
//! ```
//!
//! Light is linear and relative to a sheet of white paper in the room (1.0) until the sensor turns it into numbers. Every
//! step is a function of its inputs and of [`Options::seed`]: the same call writes the same file.
//!
//! **A simulated attack proves plumbing, not accuracy.** It is no evidence of how many attacks the liveness decision
//! stops. Not captured here: flicker of the backlight against a rolling shutter, frames of the replay blended within one
//! exposure, colour that shifts with the viewing angle, sharp reflections of a room, the attacker's hands and sleeves,
//! hunting autofocus, motion blur, bent or cut-out prints, masks, and whatever a real camera's own processing adds.
//! Measure accuracy with real attacks.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    camera::{CameraError, FrameSource},
    frame::{Frame, FrameShapeError},
};

mod carrier;
mod chance;
mod film;
mod grid;
mod lens;
mod picture;
mod pose;
mod sensor;
mod writer;

pub use film::film;

/// What the face is shown on: the attack instrument species of ISO/IEC 30107-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Species {
    /// A colour laser print on A4 paper: one still picture, the clip's first.
    Print,
    /// A replay on a phone held crosswise: 4.7 inches, 326 pixels an inch.
    Phone,
    /// A replay on a tablet: 9.7 inches, 132 pixels an inch.
    Tablet,
}

/// What holds the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// A hand, which shakes.
    Hand,
    /// A stand.
    Fixed,
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What the face is shown on.
    pub species: Species,
    /// What holds it.
    pub support: Support,
    /// Decides pose, room, reflections and noise.
    pub seed: u64,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Frames written.
    pub frames: u64,
    /// Their width in pixels: the input's, to the next even number below.
    pub width: u32,
    /// Their height in pixels.
    pub height: u32,
}

/// Why no attack recording was made.
#[derive(Debug, thiserror::Error)]
pub enum RecaptureError {
    /// The genuine recording failed.
    #[error("the recording to be attacked cannot be read")]
    Input(#[from] CameraError),
    /// The genuine recording has no frames.
    #[error("the recording to be attacked has no frames")]
    Empty,
    /// A frame is smaller than two pixels a side.
    #[error(transparent)]
    Shape(#[from] FrameShapeError),
    /// The output's name ends neither in `.avi` nor in `.y4m`.
    #[error("{} ends neither in .avi nor in .y4m", .0.display())]
    Extension(PathBuf),
    /// The file cannot be written.
    #[error("the attack recording cannot be written")]
    Output(#[from] io::Error),
    /// A picture cannot be compressed.
    #[error("a picture cannot be compressed")]
    Jpeg(#[from] image::ImageError),
    /// More than an AVI file can hold.
    #[error("the attack recording is longer than an AVI file can be")]
    TooLong,
}

/// Longest wait for a frame of the input.
const FRAME_WAIT: Duration = Duration::from_secs(10);
/// Frame rate of a recording of one frame, and of one whose first two frames have one time.
const DEFAULT_STEP: Duration = Duration::from_millis(40);

/// Records `input` anew from a carrier and writes it to `out`: Motion JPEG for `.avi`, 4:2:0 for `.y4m`. The frame rate is
/// that of the first two frames. `progress` is told the number of frames written after each.
pub fn run(
    input: &mut dyn FrameSource,
    out: &Path,
    options: &Options,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, RecaptureError> {
    let format = writer::Format::of(out)?;
    let first = next(input)?.ok_or(RecaptureError::Empty)?;
    let mut second = next(input)?;
    let step = second.as_ref().map_or(DEFAULT_STEP, |frame| frame.at().saturating_sub(first.at()));
    let step = if step.is_zero() { DEFAULT_STEP } else { step };

    let mut scene = Scene::new(&first, options)?;
    let mut writer = writer::create(format, out, (scene.width, scene.height), step)?;
    let mut shown = Some(first);
    let mut frames = 0;
    while let Some(frame) = shown {
        writer.add(&scene.record(&frame)?)?;
        frames += 1;
        progress(frames);
        shown = match second.take() {
            Some(frame) => Some(frame),
            None => next(input)?,
        };
    }
    writer.finish()?;
    Ok(Summary { frames, width: scene.width, height: scene.height })
}

fn next(input: &mut dyn FrameSource) -> Result<Option<Frame>, CameraError> {
    match input.next_frame(FRAME_WAIT) {
        Ok(frame) => Ok(Some(frame)),
        Err(CameraError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One carrier before one camera.
struct Scene {
    options: Options,
    width: u32,
    height: u32,
    carrier: carrier::Carrier,
    exposure: Option<sensor::Exposure>,
}

impl Scene {
    fn new(first: &Frame, options: &Options) -> Result<Self, FrameShapeError> {
        // Even sides: 4:2:0 has one chroma sample for two pixels.
        let (width, height) = (first.width() / 2 * 2, first.height() / 2 * 2);
        if width == 0 || height == 0 {
            return Err(FrameShapeError::Side { width, height });
        }
        let carrier = carrier::Carrier::new(options.species, first, options.seed);
        Ok(Self { options: *options, width, height, carrier, exposure: None })
    }

    /// What the camera delivers while the carrier shows `frame`: a JPEG picture.
    fn record(&mut self, frame: &Frame) -> Result<Vec<u8>, RecaptureError> {
        let Options { support, seed, .. } = self.options;
        self.carrier.show(frame);
        let view = pose::View::of(self.width, self.height, self.carrier.form(), support, seed, frame.at());
        let mut light = self.carrier.light(&view);
        lens::blur(&mut light.base, lens::SIGMA_PX);
        let light = light.under_grid();
        let exposure = *self.exposure.get_or_insert_with(|| sensor::Exposure::metered(&light));
        let picture = sensor::expose(&light, exposure, seed, frame.seq());
        Ok(sensor::jpeg(&picture)?)
    }
}
