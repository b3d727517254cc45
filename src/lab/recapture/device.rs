//! The simulated displays and prints, with data of common products.
//!
//! Size and pixel pitch follow from diagonal and resolution. Brightness spans cover a dimmed to a fully bright display.
//! For displays that dim by pulse-width modulation (PWM), rates and depths are those that reviewers measure.

use super::{axes::Instrument, rng::Span};

/// A display or print model.
#[derive(Debug, PartialEq)]
pub struct Device {
    /// Name, stable across versions.
    pub name: &'static str,
    /// Kind of object.
    pub instrument: Instrument,
    /// Outer width and height, mm.
    pub outer_mm: (f32, f32),
    /// Width and height of the image area, mm.
    pub picture_mm: (f32, f32),
    /// Specular reflectance of the surface. Bare glass: 4 %, by Fresnel at normal incidence.
    pub gloss_ratio: f32,
    /// What forms the image.
    pub surface: Surface,
}

/// What forms the image.
#[derive(Debug, PartialEq)]
pub enum Surface {
    /// Emitted light.
    Display(Display),
    /// Ink on paper.
    Ink(Ink),
    /// Nothing: the frames are a file.
    Pixels,
}

/// Properties of a display.
#[derive(Debug, PartialEq)]
pub struct Display {
    /// Pixel pitch, mm.
    pub pitch_mm: f32,
    /// Sub-pixel layout.
    pub layout: Layout,
    /// Luminance of white, cd/m².
    pub white_nits: Span,
    /// Black luminance relative to white.
    pub black_ratio: f32,
    /// Exponent of the transfer curve; sRGB is close to 2.2.
    pub gamma: Span,
    /// White point relative to the room's light.
    pub white_rgb: [f32; 3],
    /// Saturation relative to the source: below 1 for a smaller gamut, above 1 for an unmanaged wide gamut.
    pub saturation: Span,
    /// PWM frequency, Hz.
    pub pwm_hz: Span,
    /// PWM modulation depth, 0 to 1; 0 for displays that dim by current.
    pub pwm_depth_ratio: Span,
}

/// Sub-pixel layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Red, green and blue side by side in each pixel.
    Stripes,
    /// Green in every pixel, red and blue in every other one, as on most OLED displays.
    Diamond,
}

/// Properties of a print.
#[derive(Debug, PartialEq)]
pub struct Ink {
    /// How tones are rendered.
    pub texture: Texture,
    /// Reflectance of the darkest ink relative to ideal white.
    pub black_ratio: f32,
    /// Color of the paper.
    pub paper: [f32; 3],
    /// Saturation relative to the source: inks mix less purely than light.
    pub saturation: Span,
    /// Strength of the shading caused by paper curl.
    pub curl_ratio: Span,
}

/// How a print renders tones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Texture {
    /// A regular grid of dots, larger in darker areas.
    Halftone {
        /// Screen ruling, lines per inch.
        lines_per_inch: f32,
    },
    /// Scattered dots, denser in darker areas.
    Scattered {
        /// Apparent size of dot clusters, mm.
        grain_mm: f32,
    },
    /// Continuous tone (dye), no dots.
    Continuous,
}

const fn lcd(pixels_per_inch: f32, white_nits: Span) -> Display {
    Display {
        pitch_mm: 25.4 / pixels_per_inch,
        layout: Layout::Stripes,
        white_nits,
        // Contrast 1,000:1 in the dark, plus backlight leakage at an angle.
        black_ratio: 0.002,
        gamma: Span::new(2.1, 2.4),
        white_rgb: [0.95, 1.0, 1.10],
        saturation: Span::new(0.85, 1.0),
        pwm_hz: Span::only(240.0),
        pwm_depth_ratio: Span::only(0.0),
    }
}

const OLED_460: Display = Display {
    layout: Layout::Diamond,
    black_ratio: 0.0001,
    saturation: Span::new(0.95, 1.2),
    pwm_depth_ratio: Span::new(0.1, 0.9),
    ..lcd(460.0, Span::new(100.0, 650.0))
};

/// A4 in landscape, less the printer's margin.
const A4_MM: (f32, f32) = (297.0, 210.0);
const A4_PICTURE_MM: (f32, f32) = (257.0, 193.0);

/// All devices; the first of each instrument is the default of `--device`.
pub const DEVICES: [Device; 13] = [
    Device {
        name: "laser-150",
        instrument: Instrument::Paper,
        outer_mm: A4_MM,
        picture_mm: A4_PICTURE_MM,
        gloss_ratio: 0.0,
        surface: Surface::Ink(Ink {
            texture: Texture::Halftone { lines_per_inch: 150.0 },
            black_ratio: 0.03,
            paper: [0.86, 0.85, 0.80],
            saturation: Span::new(0.70, 0.85),
            curl_ratio: Span::new(0.02, 0.08),
        }),
    },
    Device {
        name: "laser-85",
        instrument: Instrument::Paper,
        outer_mm: A4_MM,
        picture_mm: A4_PICTURE_MM,
        gloss_ratio: 0.0,
        surface: Surface::Ink(Ink {
            // A 600 dpi office printer with 49 tones.
            texture: Texture::Halftone { lines_per_inch: 85.0 },
            black_ratio: 0.05,
            paper: [0.84, 0.84, 0.82],
            saturation: Span::new(0.60, 0.80),
            curl_ratio: Span::new(0.02, 0.10),
        }),
    },
    Device {
        name: "inkjet-photo",
        instrument: Instrument::Paper,
        outer_mm: A4_MM,
        picture_mm: (287.0, 200.0),
        gloss_ratio: 0.03,
        surface: Surface::Ink(Ink {
            texture: Texture::Scattered { grain_mm: 0.12 },
            black_ratio: 0.012,
            paper: [0.90, 0.90, 0.88],
            saturation: Span::new(0.85, 1.05),
            curl_ratio: Span::new(0.01, 0.06),
        }),
    },
    Device {
        name: "dye-15x10",
        instrument: Instrument::Paper,
        outer_mm: (152.0, 102.0),
        picture_mm: (152.0, 102.0),
        gloss_ratio: 0.04,
        surface: Surface::Ink(Ink {
            texture: Texture::Continuous,
            black_ratio: 0.01,
            paper: [0.88, 0.88, 0.87],
            saturation: Span::new(0.85, 1.0),
            curl_ratio: Span::new(0.02, 0.10),
        }),
    },
    Device {
        name: "phone-lcd-326",
        instrument: Instrument::Phone,
        outer_mm: (138.0, 67.0),
        picture_mm: (104.0, 58.5),
        gloss_ratio: 0.04,
        surface: Surface::Display(lcd(326.0, Span::new(150.0, 550.0))),
    },
    Device {
        name: "phone-oled-460",
        instrument: Instrument::Phone,
        outer_mm: (147.0, 72.0),
        picture_mm: (139.8, 64.6),
        gloss_ratio: 0.04,
        surface: Surface::Display(OLED_460),
    },
    Device {
        name: "tablet-lcd-132",
        instrument: Instrument::Tablet,
        outer_mm: (241.0, 186.0),
        picture_mm: (197.0, 148.0),
        gloss_ratio: 0.04,
        surface: Surface::Display(lcd(132.0, Span::new(150.0, 420.0))),
    },
    Device {
        name: "tablet-lcd-264",
        instrument: Instrument::Tablet,
        outer_mm: (240.0, 169.5),
        picture_mm: (197.0, 148.0),
        // A coating halves the reflection of bare glass.
        gloss_ratio: 0.02,
        surface: Surface::Display(Display { saturation: Span::new(0.95, 1.05), ..lcd(264.0, Span::new(150.0, 500.0)) }),
    },
    Device {
        name: "laptop-lcd-157",
        instrument: Instrument::Monitor,
        outer_mm: (322.0, 200.0),
        picture_mm: (309.0, 174.0),
        gloss_ratio: 0.01,
        surface: Surface::Display(Display {
            saturation: Span::new(0.65, 1.0),
            pwm_hz: Span::new(200.0, 1_000.0),
            pwm_depth_ratio: Span::new(0.0, 0.6),
            ..lcd(157.0, Span::new(80.0, 300.0))
        }),
    },
    Device {
        name: "monitor-lcd-92",
        instrument: Instrument::Monitor,
        outer_mm: (543.0, 325.0),
        picture_mm: (531.0, 299.0),
        gloss_ratio: 0.005,
        surface: Surface::Display(Display {
            pwm_hz: Span::new(180.0, 400.0),
            pwm_depth_ratio: Span::new(0.0, 0.8),
            ..lcd(92.0, Span::new(80.0, 300.0))
        }),
    },
    Device {
        name: "phone-lcd-326-upright",
        instrument: Instrument::UprightPhone,
        outer_mm: (67.0, 138.0),
        picture_mm: (58.5, 104.0),
        gloss_ratio: 0.04,
        surface: Surface::Display(lcd(326.0, Span::new(150.0, 550.0))),
    },
    Device {
        name: "phone-oled-460-upright",
        instrument: Instrument::UprightPhone,
        outer_mm: (72.0, 147.0),
        picture_mm: (64.6, 139.8),
        gloss_ratio: 0.04,
        surface: Surface::Display(OLED_460),
    },
    Device {
        name: "file",
        instrument: Instrument::File,
        outer_mm: (100.0, 75.0),
        picture_mm: (100.0, 75.0),
        gloss_ratio: 0.0,
        surface: Surface::Pixels,
    },
];

impl Device {
    /// The device named `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        DEVICES.iter().find(|device| device.name == name)
    }

    /// All devices of this kind.
    pub fn of(instrument: Instrument) -> impl Iterator<Item = &'static Self> {
        DEVICES.iter().filter(move |device| device.instrument == instrument)
    }
}

#[cfg(test)]
mod tests {
    use Instrument::{Monitor, Paper, Phone, Tablet, UprightPhone};

    use super::*;

    #[test]
    fn names_are_unique_and_images_fit_their_devices() {
        let names: std::collections::BTreeSet<_> = DEVICES.iter().map(|d| d.name).collect();
        assert_eq!(names.len(), DEVICES.len());
        for device in &DEVICES {
            let (outer, picture) = (device.outer_mm, device.picture_mm);
            assert!(picture.0 <= outer.0 && picture.1 <= outer.1, "{}", device.name);
            assert_eq!(Device::named(device.name), Some(device));
        }
        for instrument in [Paper, Phone, Tablet, Monitor, UprightPhone] {
            assert!(Device::of(instrument).count() >= 2, "{instrument:?}");
        }
    }
}
