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
//! # Limitations
//!
//! **Simulated attacks are for pipeline tests only.** Whether one is rejected or accepted says nothing about how many
//! real attacks liveness detection stops: `models/REPORT.md` lists both figures side by side, and they disagree. Not
//! simulated are:
//!
//! - *instrument*: spectra and metamerism; color and contrast that vary with viewing angle; other sub-pixel layouts;
//!   rosettes of four-color prints, a separate black ink, dot gain and smearing; scratches, dust, fingerprints, screen
//!   protectors; bent, curved or torn paper; prints that are cut out, have eye holes or are worn; masks, busts,
//!   projections, transparent displays.
//! - *displayed image*: compression, upscaling and frame rate conversion of downloaded video; two replay frames blended
//!   in one exposure; display refresh and overdrive; image enhancement by the phone; the player's interface; portrait
//!   orientation; source material made for an attack (zoomed, relit, generated).
//! - *scene*: the attacker's hands, sleeves and body; display light on them and on the room; sharp reflections of the
//!   room and the camera; shadows; mains flicker of lamps; background objects; a wall that moves relative to the
//!   instrument because the camera moves.
//! - *camera*: motion blur; rolling shutter effects other than banding; lens distortion, vignetting, chromatic
//!   aberration, flare; focus, exposure and white balance that adapt after the first frame; temporal denoising, which
//!   every real webcam does; local tone mapping, skin processing, beautification filters; H.264 inter-frame coding;
//!   dropped and repeated frames; infrared leakage.
//! - *attacker*: intent. Someone who tries ten times and keeps what works is not modeled by parameter spans.
//!
//! Parameters are drawn uniformly and independently, which real attacks are not. Measure accuracy with real attacks.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use countenance_camera::{CameraError, FrameSource};
use countenance_core::frame::{Frame, FrameShapeError};

pub mod axes;
pub mod cameras;
pub mod device;
mod film;
mod flicker;
mod instrument;
mod lens;
mod manifest;
pub mod parameters;
mod picture;
mod pose;
mod rng;
mod sensor;
pub mod set;
mod structure;
mod writer;

pub use axes::{Crop, Distance, Instrument, Lighting, Species, Support};
pub use cameras::{CAMERAS, Camera};
pub use device::{DEVICES, Device};
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
            crop: Crop::Whole,
            camera,
            frames: None,
            seed,
        }
    }

    /// All choices and drawn parameters, as JSON.
    pub fn explain(&self) -> serde_json::Value {
        serde_json::json!({
            "seed": self.seed, "species": self.species.name(), "support": self.support, "device": self.device.name,
            "distance": self.distance, "light": self.light, "crop": self.crop, "camera": self.camera.name,
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

/// Why no attack recording was made.
#[derive(Debug, thiserror::Error)]
pub enum RecaptureError {
    /// The input failed.
    #[error("cannot read the input recording")]
    Input(#[from] CameraError),
    /// The device does not match the species' instrument.
    #[error("{device} is not a device of kind {instrument:?}")]
    Device {
        /// Name of the device.
        device: &'static str,
        /// Kind of object the species needs.
        instrument: Instrument,
    },
    /// The input has no frames.
    #[error("the input recording has no frames")]
    Empty,
    /// A frame is smaller than 2×2 pixels.
    #[error(transparent)]
    Shape(#[from] FrameShapeError),
    /// The output path ends neither in `.avi` nor in `.y4m`.
    #[error("{} ends neither in .avi nor in .y4m", .0.display())]
    Extension(PathBuf),
    /// The output cannot be written.
    #[error("cannot write the attack recording")]
    Output(#[from] io::Error),
    /// A frame cannot be compressed.
    #[error("cannot compress a frame")]
    Jpeg(#[from] image::ImageError),
    /// The output exceeds the AVI size limit.
    #[error("the attack recording exceeds the AVI size limit")]
    TooLong,
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
    if options.device.instrument != options.species.instrument() {
        return Err(RecaptureError::Device { device: options.device.name, instrument: options.species.instrument() });
    }
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
        if options.frames.is_some_and(|most| frames >= most) {
            break;
        }
        shown = match second.take() {
            Some(frame) => Some(frame),
            None => next(input)?,
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
    fn new(first: &Frame, options: &Options) -> Result<Self, FrameShapeError> {
        // Even dimensions: 4:2:0 has one chroma sample per two pixels.
        let (width, height) = options.camera.size.unwrap_or((first.width() / 2 * 2, first.height() / 2 * 2));
        if width == 0 || height == 0 {
            return Err(FrameShapeError::Side { width, height });
        }
        let parameters = Parameters::draw(options);
        let instrument = instrument::Instrument::new(options, &parameters, first);
        Ok(Self { options: *options, parameters, width, height, instrument, exposure: None })
    }

    /// The JPEG frame that the camera delivers while the instrument displays `frame`.
    fn record(&mut self, frame: &Frame) -> Result<Vec<u8>, RecaptureError> {
        let (options, parameters) = (&self.options, &self.parameters);
        self.instrument.show(frame);
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
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use countenance_camera::testing::FakeSource;

    /// A gray frame with a bright square that moves slightly over time.
    fn frame(seq: u64) -> Frame {
        let (width, height) = (160, 120);
        let pixel = |i: usize| {
            let (x, y) = (i % width, i / width);
            let square = (40 + seq as usize..80 + seq as usize).contains(&x) && (40..80).contains(&y);
            [if square { 220 } else { 128 }; 3]
        };
        let rgb = (0..width * height).flat_map(pixel).collect();
        Frame::new(width as u32, height as u32, rgb, seq, Duration::from_millis(40 * seq)).unwrap()
    }

    /// The light on the sensor while the instrument displays frame `seq`.
    fn light(options: &Options, seq: u64) -> picture::Light {
        let mut scene = Scene::new(&frame(0), options).unwrap();
        scene.instrument.show(&frame(seq));
        let view = pose::View::of(scene.width, scene.height, options, &scene.parameters.pose, frame(seq).at());
        scene.light(&view, None)
    }

    fn apart(a: &picture::Light, b: &picture::Light) -> f32 {
        a.rgb.iter().zip(&b.rgb).map(|(a, b)| (a[1] - b[1]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn photos_are_still_videos_play_and_hands_move() {
        let moved = |species, support| {
            let options = Options::new(species, support, 4);
            apart(&light(&options, 0), &light(&options, 12))
        };
        let rows = [
            ("a photo on a stand", Species::TabletPhoto, Support::Fixed, false),
            ("a print on a stand", Species::Print, Support::Fixed, false),
            ("a video on a stand", Species::TabletVideo, Support::Fixed, true),
            ("a photo in a hand", Species::TabletPhoto, Support::Hand, true),
        ];
        for (name, species, support, moves) in rows {
            let change = moved(species, support);
            assert_eq!(change > 0.0, moves, "{name}: {change}");
        }
    }

    /// A display's pixel grid beats with the photosites at the frequency given by pitch and distance.
    #[test]
    fn displays_cause_moire_and_dye_prints_do_not() {
        let beat = |name: &str, species| {
            let device = Device::named(name).unwrap();
            let camera = Camera::named("webcam-vga").unwrap();
            let crop = Crop::Filled;
            let options = Options { device, crop, camera, ..Options::new(species, Support::Fixed, 2) };
            let mut scene = Scene::new(&frame(0), &options).unwrap();
            // Frontal and in focus: the same beat all over the image.
            (scene.parameters.pose.tilt_rad, scene.parameters.pose.offset_ratio) = ([0.0; 3], [0.0; 2]);
            (scene.parameters.camera.focus_error_dioptres, scene.parameters.camera.blur_px) = (0.0, 0.4);
            let view = pose::View::of(scene.width, scene.height, &options, &scene.parameters.pose, Duration::ZERO);
            let light = scene.light(&view, None);
            let pitch_mm = Device::named("tablet-lcd-132").map(|tablet| match &tablet.surface {
                device::Surface::Display(display) => display.pitch_mm,
                device::Surface::Ink(_) => panic!("not a display"),
            });
            let cycles = view.cell_mm / pitch_mm.unwrap();
            let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
            for row in [40, 80, 120] {
                for x in 0..light.width {
                    let value = light.rgb[row * light.width + x][1];
                    let (s, c) = (TAU * cycles * x as f32).sin_cos();
                    (re, im, total) = (re + value * c, im + value * s, total + value);
                }
            }
            2.0 * f32::hypot(re, im) / total
        };
        let (display, dye) = (beat("tablet-lcd-132", Species::TabletPhoto), beat("dye-15x10", Species::Print));
        assert!(display > 0.02 && display > 10.0 * dye, "{display} {dye}");
    }

    #[test]
    fn output_is_reproducible_and_never_overwritten() {
        let source = || {
            let mut seqs = 0..5;
            FakeSource::new(move || seqs.next().map(frame).ok_or(CameraError::Ended))
        };
        let folder = tempfile::tempdir().unwrap();
        let made = |name: &str, seed, frames| {
            let out = folder.path().join(name);
            let options = Options { frames, ..Options::new(Species::PhoneVideo, Support::Hand, seed) };
            run(&mut source(), &out, &options, &mut |_| {}).map(|made| (made.frames, std::fs::read(out).unwrap()))
        };
        let first = made("a.avi", 1, None).unwrap();
        assert_eq!(first.0, 5);
        assert!(first == made("b.avi", 1, None).unwrap() && first != made("c.avi", 2, None).unwrap());
        assert_eq!(made("d.avi", 1, Some(2)).unwrap().0, 2);
        assert!(matches!(made("a.avi", 1, None), Err(RecaptureError::Output(_))));
        let wrong = Options {
            device: Device::named("dye-15x10").unwrap(),
            ..Options::new(Species::PhoneVideo, Support::Hand, 1)
        };
        let refused = run(&mut source(), &folder.path().join("e.avi"), &wrong, &mut |_| {});
        assert!(matches!(refused, Err(RecaptureError::Device { .. })), "{refused:?}");
    }
}
