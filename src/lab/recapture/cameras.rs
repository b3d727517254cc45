//! What takes the attack: a small table of cameras.
//!
//! A webcam's lens is 2 to 4 mm long and opens at f/2 to f/2.8, so its pupil is about a millimetre wide: that, and where it
//! is focused, decides how blurred an attack instrument is that comes near. Photosites of 1.4 to 3 µm hold some thousand electrons.

use super::rng::Span;

/// A kind of camera.
#[derive(Debug, PartialEq)]
pub struct Camera {
    /// Its name, the same in every version.
    pub name: &'static str,
    /// Width and height of its pictures; none: the input's.
    pub size: Option<(u32, u32)>,
    /// Where it is focused.
    pub focus: Focus,
    /// Width of its pupil, mm.
    pub pupil_mm: f32,
    /// Blur of the lens where it is sharpest, photosites.
    pub blur_px: Span,
    /// Charge of a full photosite at base gain, electrons.
    pub full_electrons: f32,
    /// Noise of reading a photosite, electrons.
    pub read_electrons: f32,
    /// From the first row read to the last, milliseconds.
    pub readout_millis: Span,
    /// How much of the difference from its neighbours' mean a pixel gains: processors sharpen what lenses blur.
    pub sharpen_ratio: Span,
    /// Quality of its JPEGs, 1 to 100.
    pub jpeg_quality: Span,
}

/// Where a camera is focused.
#[derive(Debug, PartialEq)]
pub enum Focus {
    /// At one distance for ever, mm.
    Fixed(Span),
    /// On the instrument, but for this error, dioptres.
    Auto(Span),
}

/// Every camera. The first is what `--camera` stands for where it is left out.
pub const CAMERAS: [Camera; 4] = [
    Camera {
        name: "as-input",
        size: None,
        focus: Focus::Auto(Span::new(-0.3, 0.3)),
        pupil_mm: 1.2,
        blur_px: Span::new(0.5, 0.7),
        full_electrons: 4_000.0,
        read_electrons: 6.0,
        readout_millis: Span::new(15.0, 30.0),
        sharpen_ratio: Span::new(0.5, 0.9),
        jpeg_quality: Span::new(84.0, 92.0),
    },
    Camera {
        name: "laptop-vga",
        size: Some((640, 480)),
        // Set at the factory for a person before the lid.
        focus: Focus::Fixed(Span::new(450.0, 700.0)),
        pupil_mm: 0.9,
        blur_px: Span::new(0.7, 1.1),
        full_electrons: 2_500.0,
        read_electrons: 9.0,
        readout_millis: Span::new(25.0, 33.0),
        sharpen_ratio: Span::new(0.6, 1.2),
        jpeg_quality: Span::new(65.0, 85.0),
    },
    Camera {
        name: "webcam-vga",
        size: Some((640, 480)),
        focus: Focus::Auto(Span::new(-0.5, 0.5)),
        pupil_mm: 1.5,
        blur_px: Span::new(0.5, 0.8),
        full_electrons: 5_000.0,
        read_electrons: 5.0,
        readout_millis: Span::new(12.0, 30.0),
        sharpen_ratio: Span::new(0.4, 0.9),
        jpeg_quality: Span::new(80.0, 93.0),
    },
    Camera {
        name: "webcam-720p",
        size: Some((1280, 720)),
        focus: Focus::Fixed(Span::new(500.0, 900.0)),
        pupil_mm: 1.2,
        blur_px: Span::new(0.6, 1.0),
        full_electrons: 4_000.0,
        read_electrons: 6.0,
        readout_millis: Span::new(15.0, 33.0),
        sharpen_ratio: Span::new(0.5, 1.0),
        jpeg_quality: Span::new(75.0, 90.0),
    },
];

impl Camera {
    /// The camera of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CAMERAS.iter().find(|camera| camera.name == name)
    }
}
