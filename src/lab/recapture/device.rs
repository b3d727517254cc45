//! What a face can be shown on: a small table of displays and prints, as they are sold.
//!
//! Sizes and pitches follow from diagonal and pixel count. Brightness spans run from a dimmed display to one turned up;
//! where a display dims by switching its light on and off (PWM), so do the rates and depths that reviewers measure.

use super::{axes::Instrument, rng::Span};

/// A kind of display or print.
#[derive(Debug, PartialEq)]
pub struct Device {
    /// Its name, the same in every version.
    pub name: &'static str,
    /// What it is.
    pub instrument: Instrument,
    /// Width and height of the whole, mm.
    pub outer_mm: (f32, f32),
    /// Width and height of the picture on it, mm.
    pub picture_mm: (f32, f32),
    /// Share of a room's light that its surface mirrors. Bare glass: 4 %, by Fresnel at right angles.
    pub gloss_ratio: f32,
    /// What the picture is made of.
    pub surface: Surface,
}

/// What the picture is made of.
#[derive(Debug, PartialEq)]
pub enum Surface {
    /// Light.
    Display(Display),
    /// Ink on paper.
    Ink(Ink),
}

/// A display.
#[derive(Debug, PartialEq)]
pub struct Display {
    /// Pixel pitch, mm.
    pub pitch_mm: f32,
    /// How sub-pixels lie.
    pub layout: Layout,
    /// Luminance of white, cd/m².
    pub white_nits: Span,
    /// Luminance of black by that of white.
    pub black_ratio: f32,
    /// Exponent of its curve; sRGB is nearly 2.2.
    pub gamma: Span,
    /// Colour of its white, by the room's.
    pub white_rgb: [f32; 3],
    /// Distance from grey by the source's: below 1 a smaller gamut, above 1 a wide one that nobody manages.
    pub saturation: Span,
    /// How often its light goes on and off, Hz.
    pub pwm_hz: Span,
    /// How much of its light does, 0 to 1: 0 for one that dims its current.
    pub pwm_depth_ratio: Span,
}

/// How sub-pixels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Red, green and blue side by side in each pixel.
    Stripes,
    /// Green in each pixel, red and blue in every other, as on most OLED displays.
    Diamond,
}

/// A print.
#[derive(Debug, PartialEq)]
pub struct Ink {
    /// How tones are made.
    pub texture: Texture,
    /// Light of the blackest place by ideal white.
    pub black_ratio: f32,
    /// Colour of the paper.
    pub paper: [f32; 3],
    /// Distance from grey by the source's: inks mix less purely than light.
    pub saturation: Span,
    /// How strongly its curl shades it.
    pub curl_ratio: Span,
}

/// How a print makes tones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Texture {
    /// Dots in rows, larger where it is darker.
    Halftone {
        /// Rows of dots an inch.
        lines_per_inch: f32,
    },
    /// Dots scattered, more where it is darker.
    Scattered {
        /// Size of the clusters that they seem to form, mm.
        grain_mm: f32,
    },
    /// Dye: no dots.
    Continuous,
}

const fn lcd(pixels_per_inch: f32, white_nits: Span) -> Display {
    Display {
        pitch_mm: 25.4 / pixels_per_inch,
        layout: Layout::Stripes,
        white_nits,
        // Contrast 1,000 : 1 in the dark; what leaks from oblique backlight comes on top.
        black_ratio: 0.002,
        gamma: Span::new(2.1, 2.4),
        white_rgb: [0.95, 1.0, 1.10],
        saturation: Span::new(0.85, 1.0),
        pwm_hz: Span::only(240.0),
        pwm_depth_ratio: Span::only(0.0),
    }
}

/// A4 crosswise, with the margin that a printer leaves.
const A4_MM: (f32, f32) = (297.0, 210.0);
const A4_PICTURE_MM: (f32, f32) = (257.0, 193.0);

/// Every device. The first of each instrument is what `--device` stands for where it is left out.
pub const DEVICES: [Device; 10] = [
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
            // What an office printer of 600 dots an inch needs for 49 tones.
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
        surface: Surface::Display(Display {
            layout: Layout::Diamond,
            black_ratio: 0.0001,
            saturation: Span::new(0.95, 1.2),
            pwm_depth_ratio: Span::new(0.1, 0.9),
            ..lcd(460.0, Span::new(100.0, 650.0))
        }),
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
        // A coating that mirrors half of what bare glass does.
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
];

impl Device {
    /// The device of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        DEVICES.iter().find(|device| device.name == name)
    }

    /// Every device of this kind.
    pub fn of(instrument: Instrument) -> impl Iterator<Item = &'static Self> {
        DEVICES.iter().filter(move |device| device.instrument == instrument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_pictures_lie_on_their_instruments() {
        let names: std::collections::BTreeSet<_> = DEVICES.iter().map(|d| d.name).collect();
        assert_eq!(names.len(), DEVICES.len());
        for device in &DEVICES {
            let (outer, picture) = (device.outer_mm, device.picture_mm);
            assert!(picture.0 <= outer.0 && picture.1 <= outer.1, "{}", device.name);
            assert_eq!(Device::named(device.name), Some(device));
        }
        for instrument in [Instrument::Paper, Instrument::Phone, Instrument::Tablet, Instrument::Monitor] {
            assert!(Device::of(instrument).count() >= 2, "{instrument:?}");
        }
    }
}
