//! Everything that is drawn: each with its unit, its span and from where the span comes.
//!
//! Four groups, each with draws of its own. A parameter's value depends on the seed and on its own name, so that one more
//! parameter leaves all others as they were; the spans depend on the named choices.

use serde::Serialize;

use super::{
    Options,
    axes::{Crop, Distance, Lighting, Support},
    cameras::{Camera, Focus},
    device::{Device, Surface},
    rng::{ParamRng, Purpose, Span},
};

/// All parameters of one attack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameters {
    /// Place and shake of the instrument.
    pub pose: Pose,
    /// Display or print.
    pub surface: Shown,
    /// Walls and light.
    pub room: Room,
    /// The camera.
    pub camera: Optics,
}

/// Place and shake of the instrument.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pose {
    /// Width of the whole by width of the view; for a filled view, of the picture by what would just fill it.
    pub fill_ratio: f32,
    /// How much the attacker enlarges the picture before showing it.
    pub zoom: f32,
    /// Middle of the instrument off the middle of the view, by its width: across, down.
    pub offset_ratio: [f32; 2],
    /// Turn about x (pitch), y (yaw) and z (roll), radians.
    pub tilt_rad: [f32; 3],
    /// Sway of the place, mm; 0 on a stand.
    pub sway_mm: f32,
    /// Sway of the angles, radians; 0 on a stand.
    pub sway_rad: f32,
}

/// Display or print, as it is set up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shown {
    /// Luminance of the display's white, cd/m²; 0 for a print.
    pub white_nits: f32,
    /// Exponent of the display's curve; 1 for a print, which reflects what it was printed from.
    pub gamma: f32,
    /// Distance from grey by the source's.
    pub saturation: f32,
    /// How often the display's light goes on and off, Hz.
    pub pwm_hz: f32,
    /// How much of its light does, 0 to 1.
    pub pwm_depth_ratio: f32,
    /// How strongly the paper's curl shades it.
    pub curl_ratio: f32,
}

/// Walls and light.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Room {
    /// Light on the instrument and the wall, lux.
    pub lux: f32,
    /// Colour of the wall behind, by white paper.
    pub wall: [f32; 3],
    /// Fall-off of the light per view width: across, down.
    pub slope_ratio: [f32; 2],
    /// Luminance of the brightest thing whose mirror image the surface shows, by white paper in the room.
    pub window_ratio: f32,
    /// Middle of that mirror image on the instrument, by its width and height.
    pub window_at_ratio: [f32; 2],
    /// Width of that mirror image, mm.
    pub window_mm: f32,
}

/// The camera, as it is set up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Optics {
    /// Where it is focused: a distance in mm, or none for one that follows the instrument.
    pub focus_mm: Option<f32>,
    /// How far its focus is off where it follows the instrument, dioptres.
    pub focus_error_dioptres: f32,
    /// Blur where it is sharpest, photosites.
    pub blur_px: f32,
    /// Exposure by what its meter asks for, stops.
    pub exposure_stops: f32,
    /// How much of the way to a grey mean its white balance goes.
    pub balance_ratio: f32,
    /// From the first row read to the last, milliseconds.
    pub readout_millis: f32,
    /// The mains that its exposure avoids to flicker with: multiples of a half period, Hz.
    pub mains_hz: f32,
    /// How much of the difference from its neighbours' mean a pixel gains.
    pub sharpen_ratio: f32,
    /// Quality of its JPEGs.
    pub jpeg_quality: f32,
}

impl Parameters {
    /// What `options` and their seed come to.
    pub fn draw(options: &Options) -> Self {
        let rng = |group| ParamRng::new(options.seed, group);
        Self {
            pose: Pose::draw(rng(Purpose::Pose), options),
            surface: Shown::draw(rng(Purpose::Surface), options.device),
            room: Room::draw(rng(Purpose::Room), options.light),
            camera: Optics::draw(rng(Purpose::Camera), options.camera),
        }
    }
}

impl Pose {
    fn draw(rng: ParamRng, options: &Options) -> Self {
        // What an attacker can choose without losing the face: near, the whole instrument just fits; far, a tablet is as far
        // as the person would be.
        let fill = match (options.crop, options.distance) {
            (Crop::Whole, Distance::Near) => Span::new(0.78, 0.87),
            (Crop::Whole, Distance::Arm) => Span::new(0.60, 0.74),
            (Crop::Whole, Distance::Far) => Span::new(0.42, 0.56),
            (Crop::Filled, Distance::Near) => Span::new(1.40, 1.60),
            (Crop::Filled, Distance::Arm) => Span::new(1.28, 1.38),
            (Crop::Filled, Distance::Far) => Span::new(1.18, 1.26),
        };
        // A smaller instrument wants a larger face on it; one that fills the view shows the source as it was.
        let zoom = match (options.crop, options.distance) {
            (Crop::Whole, Distance::Near) => Span::new(1.3, 1.65),
            (Crop::Whole, _) => Span::new(1.5, 2.0),
            (Crop::Filled, _) => Span::new(1.0, 1.2),
        };
        let off = Span::new(-0.02, 0.02);
        // Set up with care: a few degrees. A hand is less careful.
        let hand = options.support == Support::Hand;
        let most = if hand { 0.10 } else { 0.07 };
        let (tilt, roll) = (Span::new(-most, most), Span::new(-most / 2.0, most / 2.0));
        // A hand that tries to be still drifts by millimetres and by about a degree, and trembles near 9 Hz.
        let sway = |name, span| if hand { rng.draw(name, span) } else { 0.0 };
        Self {
            fill_ratio: rng.draw("fill", fill),
            zoom: rng.draw("zoom", zoom),
            offset_ratio: [rng.draw("offset across", off), rng.draw("offset down", off)],
            tilt_rad: [rng.draw("pitch", tilt), rng.draw("yaw", tilt), rng.draw("roll", roll)],
            sway_mm: sway("sway of place", Span::new(1.5, 4.0)),
            sway_rad: sway("sway of angle", Span::new(0.006, 0.02)),
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
        }
    }
}

impl Room {
    fn draw(rng: ParamRng, light: Lighting) -> Self {
        // Offices are lit for 300 to 500 lux, homes in the evening for a tenth of that; a desk beside a window has more than
        // 1,000 by day.
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
        // A sky behind glass is up to twenty times as bright as paper in the room, a lamp's shade about as bright.
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
            // Meters differ by about half a stop between makers.
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
    use super::{super::axes::Species, *};

    /// Every combination of the named choices, a few seeds each.
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
    fn every_parameter_stays_where_the_world_keeps_it() {
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
            assert_eq!(options.support == Support::Fixed, p.pose.sway_mm == 0.0 && p.pose.sway_rad == 0.0);
            assert_eq!(options.crop == Crop::Filled, p.pose.fill_ratio > 1.0, "{options:?}");
        });
    }

    #[test]
    fn named_choices_move_only_what_they_are_about() {
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
    fn seeds_fill_the_spans() {
        let lux = |seed| Parameters::draw(&Options::new(Species::Print, Support::Fixed, seed)).room.lux;
        let drawn: Vec<f32> = (0..400).map(lux).collect();
        let mean = drawn.iter().sum::<f32>() / 400.0;
        // Even between 200 and 600: mean 400, standard error 5.8.
        assert!((mean - 400.0).abs() < 25.0, "{mean}");
        assert!(drawn.iter().any(|l| *l < 220.0) && drawn.iter().any(|l| *l > 580.0));
    }
}
