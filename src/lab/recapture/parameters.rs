//! All random parameters, with unit, span and the source of the span.
//!
//! There are four groups with random streams of their own. A value depends only on the seed and the parameter's name,
//! so adding a parameter changes no other; the spans depend on the named choices.

use serde::Serialize;

use super::{
    Options,
    axes::{Crop, Distance, Lighting, Motion, Species, Support},
    cameras::{Camera, Focus},
    device::{Device, Surface},
    rng::{ParamRng, Purpose, Span},
};

/// All parameters of one attack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameters {
    /// Position and shake of the instrument.
    pub pose: Pose,
    /// Display or print.
    pub surface: Shown,
    /// Background and lighting.
    pub room: Room,
    /// The camera.
    pub camera: Optics,
    /// Movements of an animated still; drawn for every species, used by those that animate one.
    pub movement: Movement,
}

/// Position and shake of the instrument.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pose {
    /// Instrument width relative to the view; for a filled view, image width relative to what just fills it.
    pub fill_ratio: f32,
    /// Magnification of the displayed image.
    pub zoom: f32,
    /// Offset of the instrument's center from the view's center, relative to the instrument's width: x, y.
    pub offset_ratio: [f32; 2],
    /// Rotation about x (pitch), y (yaw) and z (roll), radians.
    pub tilt_rad: [f32; 3],
    /// Amplitude of positional sway, mm; 0 on a stand.
    pub sway_mm: f32,
    /// Amplitude of angular sway, radians; 0 on a stand.
    pub sway_rad: f32,
    /// Amplitude of the waving, radians: pitch, yaw; 0 for what is not waved.
    pub wave_rad: [f32; 2],
    /// Rate of the waving, Hz.
    pub wave_hz: f32,
    /// Where the waving begins, in turns.
    pub wave_start: f32,
    /// Growth of the image from the farthest to the nearest point; 0 for what is not zoomed.
    pub approach_ratio: f32,
    /// Rate of the approach, there and back, Hz.
    pub approach_hz: f32,
    /// Curvature of a bent print, 1/mm: positive if its edges recede; 0 for what is flat.
    pub bend_per_mm: f32,
    /// Amplitude of the change of that curvature in a hand, relative to it.
    pub bend_give_ratio: f32,
}

/// Settings of the display or print.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shown {
    /// Luminance of the display's white, cd/m²; 0 for a print.
    pub white_nits: f32,
    /// Exponent of the display's transfer curve; 1 for a print, which reproduces the source directly.
    pub gamma: f32,
    /// Saturation relative to the source.
    pub saturation: f32,
    /// PWM frequency of the display, Hz.
    pub pwm_hz: f32,
    /// PWM modulation depth, 0 to 1.
    pub pwm_depth_ratio: f32,
    /// Strength of the shading caused by paper curl.
    pub curl_ratio: f32,
}

/// Movements of an animated still. Lengths are relative to the distance between the eyes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Movement {
    /// Time of the first blink, seconds.
    pub blink_first_secs: f32,
    /// Shortest time between the starts of two blinks, seconds.
    pub blink_every_secs: f32,
    /// Duration of a blink, seconds.
    pub blink_secs: f32,
    /// Rate of syllables, Hz.
    pub syllable_hz: f32,
    /// Widest opening of the mouth relative to the widest possible.
    pub mouth_ratio: f32,
    /// Amplitude of the head's shift.
    pub shift_ratio: f32,
    /// Amplitude of the head's roll, radians.
    pub roll_rad: f32,
    /// Amplitude of the shift of the middle of the face against its edge.
    pub parallax_ratio: f32,
}

/// Background and lighting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Room {
    /// Illuminance on instrument and wall, lux.
    pub lux: f32,
    /// Color of the wall behind, relative to white paper.
    pub wall: [f32; 3],
    /// Change of illuminance per view width: x, y.
    pub slope_ratio: [f32; 2],
    /// Luminance of the brightest reflected object, relative to white paper in the room.
    pub window_ratio: f32,
    /// Center of that reflection on the instrument, relative to its width and height.
    pub window_at_ratio: [f32; 2],
    /// Width of that reflection, mm.
    pub window_mm: f32,
}

/// Settings of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Optics {
    /// Focus distance in mm; `None` for autofocus.
    pub focus_mm: Option<f32>,
    /// Autofocus error, diopters.
    pub focus_error_dioptres: f32,
    /// Lens blur at best focus, in photosites.
    pub blur_px: f32,
    /// Deviation from the metered exposure, stops.
    pub exposure_stops: f32,
    /// Strength of the gray-world white balance, 0 to 1.
    pub balance_ratio: f32,
    /// Readout time from first to last row, milliseconds.
    pub readout_millis: f32,
    /// Mains frequency for anti-flicker exposure (multiples of half a period), Hz.
    pub mains_hz: f32,
    /// Sharpening: the share of the difference from the local mean that is added to a pixel.
    pub sharpen_ratio: f32,
    /// JPEG quality, 1 to 100.
    pub jpeg_quality: f32,
}

impl Parameters {
    /// Draws the parameters for `options` from their seed.
    pub fn draw(options: &Options) -> Self {
        let rng = |group| ParamRng::new(options.seed, group);
        Self {
            pose: Pose::draw(rng(Purpose::Pose), options),
            surface: Shown::draw(rng(Purpose::Surface), options.device),
            room: Room::draw(rng(Purpose::Room), options.light),
            camera: Optics::draw(rng(Purpose::Camera), options.camera),
            movement: Movement::draw(rng(Purpose::Animation)),
        }
    }
}

impl Pose {
    fn draw(rng: ParamRng, options: &Options) -> Self {
        // What an attacker can choose without losing the face. Near: the whole instrument just fits. Far: a tablet is
        // as far away as the person would be.
        let fill = match (options.crop, options.distance) {
            (Crop::Whole, Distance::Near) => Span::new(0.78, 0.87),
            (Crop::Whole, Distance::Arm) => Span::new(0.60, 0.74),
            (Crop::Whole, Distance::Far) => Span::new(0.42, 0.56),
            (Crop::Filled, Distance::Near) => Span::new(1.40, 1.60),
            (Crop::Filled, Distance::Arm) => Span::new(1.28, 1.38),
            (Crop::Filled, Distance::Far) => Span::new(1.18, 1.26),
        };
        // A smaller instrument needs a larger face; one that fills the view shows the source unscaled.
        let zoom = match (options.crop, options.distance) {
            // Upright, a phone cuts off both sides of the image, as in a call.
            (Crop::Whole, _) if options.species.in_room() => Span::new(1.15, 1.35),
            (Crop::Whole, Distance::Near) => Span::new(1.3, 1.65),
            (Crop::Whole, _) => Span::new(1.5, 2.0),
            (Crop::Filled, _) => Span::new(1.0, 1.2),
        };
        let off = Span::new(-0.02, 0.02);
        // Careful setup deviates by a few degrees; a hand deviates more.
        let hand = options.support == Support::Hand;
        let most = if hand { 0.10 } else { 0.07 };
        let (tilt, roll) = (Span::new(-most, most), Span::new(-most / 2.0, most / 2.0));
        // A hand held still drifts by millimeters and about one degree, with tremor near 9 Hz.
        let sway = |name, span| if hand { rng.draw(name, span) } else { 0.0 };
        // A print is waved by 15 to 30 degrees to each side, less up and down.
        let waved = [("waving of pitch", Span::new(0.08, 0.2)), ("waving of yaw", Span::new(0.26, 0.5))];
        let (motion, bent) = (options.species.motion(), options.species == Species::BentPrint);
        // Bent about the face, as a mask would be, more often than the other way.
        let side = if rng.draw("side of the bend", Span::new(0.0, 1.0)) < 0.75 { 1.0 } else { -1.0 };
        Self {
            fill_ratio: rng.draw("fill", fill),
            zoom: rng.draw("zoom", zoom),
            offset_ratio: [rng.draw("offset across", off), rng.draw("offset down", off)],
            tilt_rad: [rng.draw("pitch", tilt), rng.draw("yaw", tilt), rng.draw("roll", roll)],
            sway_mm: sway("sway of place", Span::new(1.5, 4.0)),
            sway_rad: sway("sway of angle", Span::new(0.006, 0.02)),
            wave_rad: waved.map(|(name, span)| if motion == Motion::Waved { rng.draw(name, span) } else { 0.0 }),
            wave_hz: rng.draw("waves", Span::new(0.5, 1.0)),
            wave_start: rng.draw("start of the waving", Span::new(0.0, 1.0)),
            approach_ratio: if motion == Motion::Zoomed { rng.draw("approach", Span::new(0.2, 0.4)) } else { 0.0 },
            approach_hz: rng.draw("approaches", Span::new(0.1, 0.2)),
            bend_per_mm: if bent { side * rng.draw("bend", Span::new(0.002, 0.005)) } else { 0.0 },
            bend_give_ratio: if bent { sway("give of the bend", Span::new(0.1, 0.25)) } else { 0.0 },
        }
    }
}

impl Shown {
    fn draw(rng: ParamRng, device: &Device) -> Self {
        match &device.surface {
            Surface::Display(display) => Self {
                white_nits: rng.draw("white", display.white_nits),
                gamma: rng.draw("gamma", display.gamma),
                saturation: rng.draw("saturation", display.saturation),
                pwm_hz: rng.draw("PWM rate", display.pwm_hz),
                pwm_depth_ratio: rng.draw("PWM depth", display.pwm_depth_ratio),
                curl_ratio: 0.0,
            },
            Surface::Ink(ink) => Self {
                white_nits: 0.0,
                gamma: 1.0,
                saturation: rng.draw("saturation", ink.saturation),
                pwm_hz: 0.0,
                pwm_depth_ratio: 0.0,
                curl_ratio: rng.draw("curl", ink.curl_ratio),
            },
            Surface::Pixels => Self {
                white_nits: 0.0,
                gamma: 1.0,
                saturation: 1.0,
                pwm_hz: 0.0,
                pwm_depth_ratio: 0.0,
                curl_ratio: 0.0,
            },
        }
    }
}

impl Movement {
    fn draw(rng: ParamRng) -> Self {
        Self {
            blink_first_secs: rng.draw("first blink", Span::new(0.3, 0.9)),
            // People at rest blink every three to four seconds; who wants to seem alive, more often.
            blink_every_secs: rng.draw("blinks", Span::new(1.2, 2.2)),
            // A blink takes 0.1 to 0.4 seconds.
            blink_secs: rng.draw("blink", Span::new(0.2, 0.35)),
            // Speech has four or five syllables a second.
            syllable_hz: rng.draw("syllables", Span::new(2.5, 4.5)),
            mouth_ratio: rng.draw("mouth", Span::new(0.5, 1.0)),
            shift_ratio: rng.draw("shift", Span::new(0.03, 0.08)),
            roll_rad: rng.draw("roll", Span::new(0.01, 0.04)),
            parallax_ratio: rng.draw("parallax", Span::new(0.03, 0.08)),
        }
    }
}

impl Room {
    fn draw(rng: ParamRng, light: Lighting) -> Self {
        // Offices have 300 to 500 lux, homes in the evening a tenth of that, a desk by a window more than 1,000 by day.
        let lux = match light {
            Lighting::Even => Span::new(200.0, 600.0),
            Lighting::Side => Span::new(100.0, 500.0),
            Lighting::Dark => Span::new(5.0, 40.0),
            Lighting::Bright => Span::new(800.0, 2_500.0),
        };
        let across = match light {
            Lighting::Side => Span::new(0.6, 1.2),
            Lighting::Bright => Span::new(0.2, 0.6),
            Lighting::Even | Lighting::Dark => Span::new(-0.25, 0.25),
        };
        // Sky through a window is up to twenty times as bright as paper in the room; a lampshade is similar.
        let window = match light {
            Lighting::Bright => Span::new(4.0, 20.0),
            Lighting::Side => Span::new(1.0, 5.0),
            Lighting::Even | Lighting::Dark => Span::new(0.5, 1.5),
        };
        let side = if rng.draw("side", Span::new(-1.0, 1.0)) < 0.0 { -1.0 } else { 1.0 };
        let grey = rng.draw("wall", Span::new(0.25, 0.6));
        let tint = |name| grey * rng.draw(name, Span::new(0.85, 1.1));
        Self {
            lux: rng.draw("lux", lux),
            wall: [tint("wall's red"), grey, tint("wall's blue")],
            slope_ratio: [side * rng.draw("slope across", across), rng.draw("slope down", Span::new(-0.2, 0.1))],
            window_ratio: rng.draw("window", window),
            window_at_ratio: [
                rng.draw("window across", Span::new(-0.4, 0.4)),
                rng.draw("window down", Span::new(-0.5, 0.1)),
            ],
            window_mm: rng.draw("window's width", Span::new(25.0, 70.0)),
        }
    }
}

impl Optics {
    fn draw(rng: ParamRng, camera: &Camera) -> Self {
        let (focus_mm, error) = match &camera.focus {
            Focus::Fixed(span) => (Some(rng.draw("focus", *span)), Span::only(0.0)),
            Focus::Auto(error) => (None, *error),
        };
        Self {
            focus_mm,
            focus_error_dioptres: rng.draw("focus error", error),
            blur_px: rng.draw("blur", camera.blur_px),
            // Exposure meters differ by about half a stop between manufacturers.
            exposure_stops: rng.draw("exposure", Span::new(-0.4, 0.4)),
            balance_ratio: rng.draw("white balance", Span::new(0.3, 0.8)),
            readout_millis: rng.draw("readout", camera.readout_millis),
            mains_hz: if rng.draw("mains", Span::new(0.0, 1.0)) < 0.5 { 50.0 } else { 60.0 },
            sharpen_ratio: rng.draw("sharpening", camera.sharpen_ratio),
            jpeg_quality: rng.draw("JPEG", camera.jpeg_quality).round(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Visits every combination of the named choices, with a few seeds each.
    fn each(mut see: impl FnMut(&Options, Parameters)) {
        let mut seen = 0;
        for species in Species::ALL {
            for &support in species.supports() {
                for device in Device::of(species.instrument()) {
                    for (distance, light) in Distance::ALL.into_iter().flat_map(|d| Lighting::ALL.map(|l| (d, l))) {
                        for (crop, camera) in
                            Crop::ALL.into_iter().zip(super::super::cameras::CAMERAS.iter().cycle().skip(seen))
                        {
                            for seed in 0..5 {
                                let first = Options::new(species, support, seed);
                                let options = Options { device, distance, light, crop, camera, ..first };
                                see(&options, Parameters::draw(&options));
                                seen += 1;
                            }
                        }
                    }
                }
            }
        }
        assert!(seen > 2_000, "{seen}");
    }

    #[test]
    fn parameters_stay_within_realistic_ranges() {
        each(|options, p| {
            let display = p.surface.white_nits > 0.0;
            let rows = [
                ("fill", p.pose.fill_ratio, 0.42, 1.60),
                ("zoom", p.pose.zoom, 1.0, 2.0),
                ("pitch", p.pose.tilt_rad[0].abs(), 0.0, 0.1),
                ("yaw", p.pose.tilt_rad[1].abs(), 0.0, 0.1),
                ("sway", p.pose.sway_mm, 0.0, 4.0),
                ("white", p.surface.white_nits, 0.0, 650.0),
                ("gamma", p.surface.gamma, if display { 2.1 } else { 1.0 }, if display { 2.4 } else { 1.0 }),
                ("saturation", p.surface.saturation, 0.6, 1.2),
                ("PWM depth", p.surface.pwm_depth_ratio, 0.0, 0.9),
                ("lux", p.room.lux, 5.0, 2_500.0),
                ("wall", p.room.wall[1], 0.25, 0.6),
                ("window", p.room.window_ratio, 0.5, 20.0),
                ("exposure", p.camera.exposure_stops.abs(), 0.0, 0.4),
                ("readout", p.camera.readout_millis, 12.0, 33.0),
                ("JPEG", p.camera.jpeg_quality, 65.0, 93.0),
            ];
            for (name, value, low, high) in rows {
                assert!((low..=high).contains(&value), "{name} is {value}: {options:?}");
            }
            assert_eq!(options.support == Support::Hand, p.pose.sway_mm > 0.0 && p.pose.sway_rad > 0.0);
            assert_eq!(options.species == Species::BentPrint, p.pose.bend_per_mm != 0.0);
            assert_eq!(options.species == Species::WavedPrint, p.pose.wave_rad[1] > 0.0);
            assert_eq!(options.species == Species::ZoomedPrint, p.pose.approach_ratio > 0.0);
            assert_eq!(options.crop == Crop::Filled, p.pose.fill_ratio > 1.0, "{options:?}");
        });
    }

    #[test]
    fn named_choices_affect_only_their_group() {
        let base = Options::new(Species::TabletVideo, Support::Hand, 7);
        let drawn = Parameters::draw(&base);
        assert_eq!(drawn, Parameters::draw(&base));
        let dark = Parameters::draw(&Options { light: Lighting::Dark, ..base });
        assert_eq!((drawn.pose, drawn.surface, drawn.camera), (dark.pose, dark.surface, dark.camera));
        assert!(dark.room.lux < drawn.room.lux);
        let far = Parameters::draw(&Options { distance: Distance::Far, ..base });
        assert_eq!((drawn.surface, drawn.room, drawn.camera), (far.surface, far.room, far.camera));
        let other = Parameters::draw(&Options { seed: 8, ..base });
        assert!(drawn.pose != other.pose && drawn.room != other.room && drawn.camera != other.camera);
    }

    #[test]
    fn draws_are_uniform_over_the_span() {
        let lux = |seed| Parameters::draw(&Options::new(Species::Print, Support::Fixed, seed)).room.lux;
        let drawn: Vec<f32> = (0..400).map(lux).collect();
        let mean = drawn.iter().sum::<f32>() / 400.0;
        // Uniform between 200 and 600: mean 400, standard error 5.8.
        assert!((mean - 400.0).abs() < 25.0, "{mean}");
        assert!(drawn.iter().any(|l| *l < 220.0) && drawn.iter().any(|l| *l > 580.0));
    }
}
