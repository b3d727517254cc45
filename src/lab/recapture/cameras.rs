//! The simulated cameras.
//!
//! A webcam lens has a focal length of 2 to 4 mm at f/2 to f/2.8, so its pupil is about 1 mm wide. Pupil and focus
//! distance determine the blur of a near instrument. Photosites of 1.4 to 3 µm hold a few thousand electrons.

use super::rng::Span;

/// A camera model.
#[derive(Debug, PartialEq)]
pub struct Camera {
    /// Name, stable across versions.
    pub name: &'static str,
    /// Width and height of its frames in pixels; `None` for the size of the input.
    pub size: Option<(u32, u32)>,
    /// Focus distance.
    pub focus: Focus,
    /// Pupil width, mm.
    pub pupil_mm: f32,
    /// Lens blur at best focus, in photosites.
    pub blur_px: Span,
    /// Full-well charge at base gain, electrons.
    pub full_electrons: f32,
    /// Read noise, electrons.
    pub read_electrons: f32,
    /// Readout time from first to last row, milliseconds.
    pub readout_millis: Span,
    /// Sharpening: the share of the difference from the local mean that is added to a pixel.
    pub sharpen_ratio: Span,
    /// JPEG quality, 1 to 100.
    pub jpeg_quality: Span,
}

/// How a camera focuses.
#[derive(Debug, PartialEq)]
pub enum Focus {
    /// Fixed focus at this distance, mm.
    Fixed(Span),
    /// Autofocus on the instrument with this error, diopters.
    Auto(Span),
}

/// All cameras; the first is the default of `--camera`.
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
        // Factory-set for a person in front of the laptop.
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
    /// The camera named `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        CAMERAS.iter().find(|camera| camera.name == name)
    }
}
