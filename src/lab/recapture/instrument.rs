//! What the face is shown on: its size, its light, and the room round it.

use super::{
    Options,
    device::{Device, Display, Ink, Surface},
    flicker::Bands,
    parameters::Parameters,
    picture::{Light, encoded},
    pose::View,
    rng::{Purpose, value_noise},
    structure::Structure,
};
use countenance_core::frame::Frame;

/// Where in the shown picture the attacker puts the middle: a portrait's face is a little below its picture's.
const MIDDLE: (f32, f32) = (0.5, 0.55);
/// Light round a bright display in the lens, by the display's mean, and how far it reaches.
const GLOW_RATIO: f32 = 0.03;
const GLOW_MM: f32 = 25.0;
/// Light that a display's frame gives back, by white paper.
const BEZEL: f32 = 0.01;
/// Luminance of a room without its windows and lamps, by white paper in it: what glossy surfaces mirror everywhere.
const AMBIENT_RATIO: f32 = 0.3;

/// An attack instrument in its room.
pub(super) struct Instrument {
    options: Options,
    parameters: Parameters,
    /// What it shows.
    shown: Light,
    mean: [f32; 3],
    /// Light of the display's white, by white paper in the room; 0 for a print.
    white: f32,
}

/// The light on the sensor, and the fine structure that it is to be multiplied with after the lens.
pub(super) struct Seen {
    /// Light without fine structure.
    pub(super) base: Light,
    /// Gain by fine structure.
    gains: Light,
}

impl Seen {
    /// The light under its fine structure.
    pub(super) fn under_structure(mut self) -> Light {
        for (light, [r, g, b]) in self.base.rgb.iter_mut().zip(&self.gains.rgb) {
            let [x, y, z] = *light;
            *light = [x * r.max(0.0), y * g.max(0.0), z * b.max(0.0)];
        }
        self.base
    }
}

impl Instrument {
    /// The instrument of `options`, which shows `first`; one that does not play shows it for ever.
    pub(super) fn new(options: &Options, parameters: &Parameters, first: &Frame) -> Self {
        let shown = Light::of(first);
        let mean = shown.mean();
        // White paper under so many lux has lux/π cd/m².
        let white = parameters.surface.white_nits * std::f32::consts::PI / parameters.room.lux;
        Self { options: *options, parameters: *parameters, shown, mean, white }
    }

    /// Shows `frame`, if it plays.
    pub(super) fn show(&mut self, frame: &Frame) {
        if self.options.species.plays() {
            self.shown = Light::of(frame);
            self.mean = self.shown.mean();
        }
    }

    /// What the photosites of `view` see through a lens of blur `sigma_px`; `bands` is none before the exposure is known.
    pub(super) fn light(&self, view: &View, sigma_px: f32, bands: Option<Bands>) -> Seen {
        let device = self.options.device;
        let structure = Structure::of(device, sigma_px * view.cell_mm, view.cell_mm);
        let slope = self.parameters.room.slope_ratio;
        let mut gains = Vec::with_capacity(view.width * view.height);
        let base = Light::from_fn(view.width, view.height, |x, y| {
            let (u, v) = view.instrument(x, y);
            let across = (x as f32 / view.width as f32 - 0.5, y as f32 / view.height as f32 - 0.5);
            let ambient = (1.0 + slope[0] * across.0 + slope[1] * across.1).max(0.2);
            if inside(u, v, device.picture_mm) {
                let shown = self.picture(u, v);
                gains.push(structure.gain(u, v, shown));
                let bands = bands.map_or(1.0, |bands| bands.gain(across.1 + 0.5));
                match &device.surface {
                    Surface::Ink(ink) => self.ink(ink, shown, (u, v), ambient),
                    Surface::Display(display) => self.display(display, shown, (u, v), ambient, bands),
                }
            } else {
                gains.push([1.0; 3]);
                if inside(u, v, device.outer_mm) {
                    self.margin(device, (u, v), ambient)
                } else {
                    self.behind(u, v, across, ambient)
                }
            }
        });
        Seen { gains: Light { width: base.width, height: base.height, rgb: gains }, base }
    }

    /// The shown picture at (`u`, `v`) mm, enlarged to cover the whole area, 0 to 1.
    fn picture(&self, u: f32, v: f32) -> [f32; 3] {
        let (width, height) = (self.shown.width as f32, self.shown.height as f32);
        let area = self.options.device.picture_mm;
        let per_mm = (width / area.0).min(height / area.1) / self.parameters.pose.zoom;
        self.shown.sample(MIDDLE.0 * width + u * per_mm, MIDDLE.1 * height + v * per_mm)
    }

    /// Light from a print where it shows `shown`: none of its inks goes below the blackest.
    fn ink(&self, ink: &Ink, shown: [f32; 3], at: (f32, f32), ambient: f32) -> [f32; 3] {
        let tone = self.paper(at) * ambient;
        let mirror = self.mirror(at) * ambient;
        let mut paper = ink.paper.iter();
        saturated(shown, self.parameters.surface.saturation).map(|light| {
            let covered = ink.black_ratio + (1.0 - ink.black_ratio) * light;
            covered * paper.next().copied().unwrap_or(1.0) * tone + mirror
        })
    }

    /// Light from a display where it shows `shown`, its glass included.
    fn display(&self, display: &Display, shown: [f32; 3], at: (f32, f32), ambient: f32, bands: f32) -> [f32; 3] {
        let mirror = self.mirror(at) * ambient;
        let mut white = display.white_rgb.iter();
        saturated(shown, self.parameters.surface.saturation).map(|light| {
            let driven = encoded(light).powf(self.parameters.surface.gamma);
            let lit = display.black_ratio + (1.0 - display.black_ratio) * driven;
            self.white * lit * bands * white.next().copied().unwrap_or(1.0) + mirror
        })
    }

    /// Light from the instrument beside the picture: paper, or a black frame under glass.
    fn margin(&self, device: &Device, at: (f32, f32), ambient: f32) -> [f32; 3] {
        match &device.surface {
            Surface::Ink(ink) => ink.paper.map(|light| (light * self.paper(at) + self.mirror(at)) * ambient),
            Surface::Display(_) => [(BEZEL + self.mirror(at)) * ambient; 3],
        }
    }

    /// Tone of the paper, about 1: fibres, and the shade of its curl.
    fn paper(&self, (u, v): (f32, f32)) -> f32 {
        let seed = self.options.seed ^ Purpose::Paper as u64;
        let fibres = 0.02 * value_noise(seed, u / 0.8, v / 0.8) + 0.02 * value_noise(seed, u / 6.0, v / 6.0);
        let curl = (u / self.options.device.outer_mm.0 * std::f32::consts::PI).sin();
        1.0 + fibres + self.parameters.surface.curl_ratio * curl
    }

    /// The room's mirror image on a glossy surface, by white paper: soft, and brighter where a window or a lamp is.
    fn mirror(&self, (u, v): (f32, f32)) -> f32 {
        let (device, room) = (self.options.device, &self.parameters.room);
        if device.gloss_ratio <= 0.0 {
            return 0.0;
        }
        let [across, down] = room.window_at_ratio;
        let off = (u - across * device.outer_mm.0, v - down * device.outer_mm.1);
        // Nearly flat inside, steep at its edge: a window, seen out of focus.
        let away = (off.0 / room.window_mm).powi(2) + (off.1 / (0.7 * room.window_mm)).powi(2);
        device.gloss_ratio * (AMBIENT_RATIO + room.window_ratio * (-away * away).exp())
    }

    /// The wall behind, and the glow of the display in the lens.
    fn behind(&self, u: f32, v: f32, across: (f32, f32), ambient: f32) -> [f32; 3] {
        let outer = self.options.device.outer_mm;
        let rough = 1.0 + 0.05 * value_noise(self.options.seed, across.0 * 6.0, across.1 * 6.0);
        let (dx, dy) = (u.abs() - outer.0 / 2.0, v.abs() - outer.1 / 2.0);
        let away_mm = dx.max(0.0).hypot(dy.max(0.0));
        let glow = self.white * GLOW_RATIO * (-away_mm / GLOW_MM).exp();
        let mut mean = self.mean.into_iter();
        self.parameters.room.wall.map(|wall| wall * ambient * rough + glow * mean.next().unwrap_or(0.0))
    }
}

/// `light` moved to or from its grey.
fn saturated(light: [f32; 3], saturation: f32) -> [f32; 3] {
    let [r, g, b] = light;
    // Luminance by the primaries of sRGB.
    let grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    light.map(|light| (grey + saturation * (light - grey)).clamp(0.0, 1.0))
}

/// Whether (`u`, `v`) lies within a rectangle of `size_mm` about the middle.
fn inside(u: f32, v: f32, size_mm: (f32, f32)) -> bool {
    u.abs() <= size_mm.0 / 2.0 && v.abs() <= size_mm.1 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturation_keeps_grey_and_moves_colour() {
        assert!(saturated([0.5; 3], 0.7).iter().all(|v| (v - 0.5).abs() < 1e-6));
        let [r, g, b] = saturated([0.8, 0.4, 0.2], 0.5);
        assert!(r < 0.8 && b > 0.2 && (r - g) > 0.19 && (r - g) < 0.21, "{r} {g} {b}");
    }
}
