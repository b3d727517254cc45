//! Simulates presentation attacks from genuine recordings: the clip as a camera would capture it from a print, phone,
//! tablet or monitor.
//!
//! ```text
//! frame ─► instrument (ink on paper, or sub-pixels under glass) ─► pose (stand or hand) ─► lens ─► sensor ─► JPEG ─► file
//! ```
//!
//! Light is linear and relative to white paper in the room (1.0) until the sensor digitizes it; the absolute luminance
//! in cd/m² determines exposure, noise and banding. Named options are chosen by the caller ([`axes`], [`device`],
//! [`cameras`]); numeric values are drawn from [`Options::seed`] ([`parameters`]). Every step is a pure function of its
//! inputs and the seed, so the same call writes the same file. [`set`] makes a labeled set over all combinations.
//!
//! Beside prints, photos and videos there are, each a species of its own in [`axes`]:
//!
//! - *animated* (`animation`): one still whose lids close, whose mouth opens and whose head sways, by smooth warps around
//!   the landmarks; on a tablet, or as a plain file without screen and camera. Modeled: blinks and syllables of a speaker,
//!   parallax of a head that turns a little, a background that stands still. Not modeled: gaze, brows, cheeks, teeth and
//!   tongue, wrinkles, what a head uncovers, shoulders, light that changes with the movement; a generator's own traces.
//! - *bezel*: a phone held upright, with its whole bezel in the middle of the view, in front of a room of textured, static
//!   background (`room`); a photo or a video. Not modeled: depth and shadows in the room, rounded corners, notch, buttons.
//! - *fullscreen*: a video on a tablet that fills the view at all times, with no bezel anywhere.
//! - *waved* and *zoomed* (`motion`): a flat print that is turned to and fro in the hand, or slowly comes nearer. Modeled:
//!   the perspective of a plane. Not modeled: motion blur, paper that flutters, light that glides over it.
//! - *bent* (`bend`): a print on a cylinder about its vertical axis, which in a hand bends more and less. Modeled: the
//!   perspective of the cylinder, light that falls off where it turns away. Not modeled: cones, folds, other axes, the
//!   focus that differs with depth, highlights of glossy paper along the bend.
//! - *cutout* (`cutout`): a print with holes, in which eyes and mouth of the recording are seen, kept in place by the
//!   landmarks. Modeled: that what is in the holes is no ink and is shaded by the paper's edge. Not modeled: the depth of
//!   the holes and their parallax, body and head of the wearer around the paper, room light on the skin other than that of
//!   the recording, skin whose color does not match the print.
//!
//! # Limitations
//!
//! **Simulated attacks are for pipeline tests only.** Whether one is rejected or accepted says nothing about how many
//! real attacks liveness detection stops: `models/REPORT.md` lists both figures side by side, and they disagree. Not
//! simulated are:
//!
//! - *instrument*: spectra and metamerism; color and contrast that vary with viewing angle; other sub-pixel layouts;
//!   rosettes of four-color prints, a separate black ink, dot gain and smearing; scratches, dust, fingerprints, screen
//!   protectors; torn or folded paper; prints cut out along the face; masks, busts, projections, transparent displays.
//! - *displayed image*: compression, upscaling and frame rate conversion of downloaded video; two replay frames blended
//!   in one exposure; display refresh and overdrive; image enhancement by the phone; the player's interface; source material
//!   made for an attack (zoomed, relit, generated), warps of a still apart.
//! - *scene*: the attacker's hands, sleeves and body; display light on them and on the room; sharp reflections of the
//!   room and the camera; shadows; mains flicker of lamps; people and things that move in the background; a wall that
//!   moves relative to the instrument because the camera moves.
//! - *camera*: motion blur; rolling shutter effects other than banding; lens distortion, vignetting, chromatic
//!   aberration, flare; focus, exposure and white balance that adapt after the first frame; temporal denoising, which
//!   every real webcam does; local tone mapping, skin processing, beautification filters; H.264 inter-frame coding;
//!   dropped and repeated frames; infrared leakage.
//! - *attacker*: intent. Someone who tries ten times and keeps what works is not modeled by parameter spans.
//!
//! Parameters are drawn uniformly and independently, which real attacks are not. Measure accuracy with real attacks.

use std::{path::Path, time::Duration};

use countenance_camera::{CameraError, FrameSource};
use countenance_core::frame::{Frame, FrameShapeError};

mod animation;
pub mod axes;
mod bend;
pub mod cameras;
mod content;
mod cutout;
pub mod device;
mod error;
mod film;
mod flicker;
mod instrument;
mod lens;
mod manifest;
mod motion;
pub mod parameters;
mod picture;
mod pose;
mod rng;
mod room;
mod sensor;
pub mod set;
mod structure;
mod writer;

pub use axes::{Crop, Distance, Instrument, Lighting, Species, Support};
pub use cameras::{CAMERAS, Camera};
pub use device::{DEVICES, Device};
pub use error::RecaptureError;
pub use film::film;
pub use parameters::Parameters;
pub use rng::Span;

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Instrument species.
    pub species: Species,
    /// What holds it.
    pub support: Support,
    /// Display or print model; must match the species' instrument.
    pub device: &'static Device,
    /// Distance from the camera.
    pub distance: Distance,
    /// Lighting of the scene.
    pub light: Lighting,
    /// How much of the instrument is in view.
    pub crop: Crop,
    /// Camera model.
    pub camera: &'static Camera,
    /// Number of frames at the start of the input that are left out: the first of a compressed video are often poor.
    pub skip: u64,
    /// Maximum number of frames.
    pub frames: Option<u64>,
    /// Seed of all parameters and of the noise.
    pub seed: u64,
}

impl Options {
    /// Defaults: first device of the species, near, even lighting, whole instrument, size and length of the input.
    pub fn new(species: Species, support: Support, seed: u64) -> Self {
        let [first, ..] = &DEVICES;
        let [camera, ..] = &CAMERAS;
        Self {
            species,
            support,
            device: Device::of(species.instrument()).next().unwrap_or(first),
            distance: Distance::Near,
            light: Lighting::Even,
            crop: species.crops().first().copied().unwrap_or(Crop::Whole),
            camera,
            skip: 0,
            frames: None,
            seed,
        }
    }

    /// Fails if the choices do not go together.
    fn check(&self) -> Result<(), RecaptureError> {
        let (species, support, crop) = (self.species.name(), self.support, self.crop);
        if self.device.instrument != self.species.instrument() {
            let instrument = self.species.instrument();
            return Err(RecaptureError::Device { device: self.device.name, instrument });
        }
        if !self.species.supports().contains(&support) {
            return Err(RecaptureError::Support { species, support });
        }
        if !self.species.crops().contains(&crop) {
            return Err(RecaptureError::Crop { species, crop });
        }
        Ok(())
    }

    /// All choices and drawn parameters, as JSON.
    pub fn explain(&self) -> serde_json::Value {
        serde_json::json!({
            "seed": self.seed, "species": self.species.name(), "support": self.support, "device": self.device.name,
            "distance": self.distance, "light": self.light, "crop": self.crop, "camera": self.camera.name, "skip": self.skip,
            "drawn": Parameters::draw(self),
        })
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Number of frames.
    pub frames: u64,
    /// Width in pixels: the camera's, or the input's rounded down to even.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frame interval.
    pub step: Duration,
}

/// Maximum wait for a frame of the input.
const FRAME_WAIT: Duration = Duration::from_secs(10);
/// Frame interval of a single-frame recording, or if the first two frames have the same timestamp.
const DEFAULT_STEP: Duration = Duration::from_millis(40);

/// Simulates an attack from `input` and writes it to `out`, which must not exist yet: Motion JPEG for `.avi`, 4:2:0 for
/// `.y4m`. The frame interval is that of the first two frames. `progress` receives the number of frames written.
pub fn run(
    input: &mut dyn FrameSource,
    out: &Path,
    options: &Options,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, RecaptureError> {
    let format = writer::Format::of(out)?;
    options.check()?;
    for _ in 0..options.skip {
        next(input)?.ok_or(RecaptureError::Empty)?;
    }
    let first = next(input)?.ok_or(RecaptureError::Empty)?;
    let (seq, at) = (first.seq(), first.at());
    // Numbers and times from the first frame used.
    let placed = |frame: Frame| {
        let (seq, at) = (frame.seq().saturating_sub(seq), frame.at().saturating_sub(at));
        frame.placed(seq, at)
    };
    let first = placed(first);
    let mut second = next(input)?.map(placed);
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
        if options.frames.is_some_and(|most| frames >= most) {
            break;
        }
        shown = match second.take() {
            Some(frame) => Some(frame),
            None => next(input)?.map(placed),
        };
    }
    writer.finish()?;
    Ok(Summary { frames, width: scene.width, height: scene.height, step })
}

fn next(input: &mut dyn FrameSource) -> Result<Option<Frame>, CameraError> {
    match input.next_frame(FRAME_WAIT) {
        Ok(frame) => Ok(Some(frame)),
        Err(CameraError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An instrument in front of a camera.
struct Scene {
    options: Options,
    parameters: Parameters,
    width: u32,
    height: u32,
    instrument: instrument::Instrument,
    exposure: Option<sensor::Exposure>,
}

impl Scene {
    fn new(first: &Frame, options: &Options) -> Result<Self, RecaptureError> {
        // Even dimensions: 4:2:0 has one chroma sample per two pixels.
        let own = (first.width() / 2 * 2, first.height() / 2 * 2);
        let is_file = options.species.instrument() == Instrument::File;
        let (width, height) = options.camera.size.filter(|_| !is_file).unwrap_or(own);
        if width == 0 || height == 0 {
            return Err(FrameShapeError::Side { width, height }.into());
        }
        let parameters = Parameters::draw(options);
        let instrument = instrument::Instrument::new(options, &parameters, first)?;
        Ok(Self { options: *options, parameters, width, height, instrument, exposure: None })
    }

    /// The JPEG frame that the camera delivers while the instrument displays `frame`.
    fn record(&mut self, frame: &Frame) -> Result<Vec<u8>, RecaptureError> {
        let (options, parameters) = (&self.options, &self.parameters);
        self.instrument.show(frame)?;
        if options.species.instrument() == Instrument::File {
            let picture = sensor::encode(self.instrument.image(), self.width, self.height);
            return Ok(sensor::jpeg(&picture, parameters.camera.jpeg_quality)?);
        }
        let view = pose::View::of(self.width, self.height, options, &parameters.pose, frame.at());
        // The exposure meter averages over many PWM periods.
        let metered = || sensor::Exposure::metered(&self.light(&view, None), options, parameters);
        let exposure = self.exposure.unwrap_or_else(metered);
        let bands = flicker::Bands::of(parameters, frame.at(), exposure.secs);
        let light = self.light(&view, Some(bands));
        let picture = sensor::expose(&light, exposure, options, parameters, frame.seq());
        self.exposure = Some(exposure);
        Ok(sensor::jpeg(&picture, parameters.camera.jpeg_quality)?)
    }

    /// The light on the sensor.
    fn light(&self, view: &pose::View, bands: Option<flicker::Bands>) -> picture::Light {
        let sigma_px = view.sigma_px(&self.parameters.camera, self.options.camera.pupil_mm);
        let mut light = self.instrument.light(view, sigma_px, bands);
        lens::blur(&mut light.base, sigma_px);
        light.under_structure()
    }
}

#[cfg(test)]
mod tests;
