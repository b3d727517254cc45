//! The attack instrument in its scene: displayed image, surface, and surrounding room.

use super::{
    Options, RecaptureError,
    content::Content,
    device::{Device, Display, Ink, Surface},
    flicker::Bands,
    parameters::Parameters,
    picture::{Light, encoded},
    pose::View,
    rng::{Purpose, value_noise},
    room::Room,
    structure::Structure,
};
use countenance_core::frame::Frame;

/// Center of the displayed image: a portrait's face is slightly below the image center.
const MIDDLE: (f32, f32) = (0.5, 0.55);
/// Strength of a bright display's lens glow, relative to the display's mean luminance, and its reach.
const GLOW_RATIO: f32 = 0.03;
const GLOW_MM: f32 = 25.0;
/// Reflectance of a display's bezel, relative to white paper.
const BEZEL: f32 = 0.01;
/// Luminance of the room without windows and lamps, relative to white paper: what glossy surfaces reflect everywhere.
const AMBIENT_RATIO: f32 = 0.3;

/// An attack instrument in its scene.
pub(super) struct Instrument {
    options: Options,
    parameters: Parameters,
    content: Content,
    /// Mean of the displayed image.
    mean: [f32; 3],
    /// The background, if it is more than a wall.
    room: Option<Room>,
    /// Luminance of the display's white, relative to white paper in the room; 0 for a print.
    white: f32,
}

/// Light on the sensor, and the fine structure that multiplies it after the lens.
pub(super) struct Seen {
    /// Light without fine structure.
    pub(super) base: Light,
    /// Gain due to fine structure.
    gains: Light,
}

impl Seen {
    /// The light with fine structure applied.
    pub(super) fn under_structure(mut self) -> Light {
        for (light, [r, g, b]) in self.base.rgb.iter_mut().zip(&self.gains.rgb) {
            let [x, y, z] = *light;
            *light = [x * r.max(0.0), y * g.max(0.0), z * b.max(0.0)];
        }
        self.base
    }
}

impl Instrument {
    /// The instrument of `options`, displaying `first`.
    pub(super) fn new(options: &Options, parameters: &Parameters, first: &Frame) -> Result<Self, RecaptureError> {
        let content = Content::new(options, parameters, first)?;
        let mean = content.image().mean();
        // Illuminance E on white paper gives a luminance of E/π cd/m².
        let white = parameters.surface.white_nits * std::f32::consts::PI / parameters.room.lux;
        let room = options.species.in_room().then(|| Room::new(options.seed));
        Ok(Self { options: *options, parameters: *parameters, content, mean, room, white })
    }

    /// Displays what belongs to `frame`: that frame, if the species plays.
    pub(super) fn show(&mut self, frame: &Frame) -> Result<(), RecaptureError> {
        self.content.show(frame)?;
        self.mean = self.content.image().mean();
        Ok(())
    }

    /// The displayed image.
    pub(super) fn image(&self) -> &Light {
        self.content.image()
    }

    /// The light at the photosites of `view` through a lens with blur `sigma_px`. `bands` is `None` before the exposure
    /// is known.
    pub(super) fn light(&self, view: &View, sigma_px: f32, bands: Option<Bands>) -> Seen {
        let device = self.options.device;
        let structure = Structure::of(device, sigma_px * view.cell_mm, view.cell_mm);
        let slope = self.parameters.room.slope_ratio;
        let mut gains = Vec::with_capacity(view.width * view.height);
        let base = Light::from_fn(view.width, view.height, |x, y| {
            let (u, v) = view.instrument(x, y);
            let across = (x as f32 / view.width as f32 - 0.5, y as f32 / view.height as f32 - 0.5);
            let mut ambient = (1.0 + slope[0] * across.0 + slope[1] * across.1).max(0.2);
            let (sin, cos) = view.turn(u).sin_cos();
            if inside(u, v, device.outer_mm) {
                // Light from the front: less of it where a bent print is turned away.
                ambient *= (cos + slope[0] * sin).max(0.2);
            }
            if inside(u, v, device.picture_mm) {
                let (x, y) = self.picture(u, v);
                if let Some(behind) = self.content.through(x, y) {
                    gains.push([1.0; 3]);
                    // The print's colors, as an attacker would match them.
                    return saturated(behind, self.parameters.surface.saturation).map(|light| light * ambient);
                }
                let shown = self.image().sample(x, y);
                gains.push(structure.gain(u, v, shown));
                let bands = bands.map_or(1.0, |bands| bands.gain(across.1 + 0.5));
                match &device.surface {
                    Surface::Ink(ink) => self.ink(ink, shown, (u, v), ambient),
                    Surface::Display(display) => self.display(display, shown, (u, v), ambient, bands),
                    Surface::Pixels => shown,
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

    /// The point of the displayed image at (`u`, `v`) mm; it is scaled to cover the image area.
    fn picture(&self, u: f32, v: f32) -> (f32, f32) {
        let (width, height) = (self.image().width as f32, self.image().height as f32);
        let area = self.options.device.picture_mm;
        let per_mm = (width / area.0).min(height / area.1) / self.parameters.pose.zoom;
        (MIDDLE.0 * width + u * per_mm, MIDDLE.1 * height + v * per_mm)
    }

    /// Light from a print at a point that displays `shown`; no darker than the darkest ink.
    fn ink(&self, ink: &Ink, shown: [f32; 3], at: (f32, f32), ambient: f32) -> [f32; 3] {
        let tone = self.paper(at) * ambient;
        let mirror = self.mirror(at) * ambient;
        let mut paper = ink.paper.iter();
        saturated(shown, self.parameters.surface.saturation).map(|light| {
            let covered = ink.black_ratio + (1.0 - ink.black_ratio) * light;
            covered * paper.next().copied().unwrap_or(1.0) * tone + mirror
        })
    }

    /// Light from a display at a point that displays `shown`, reflections included.
    fn display(&self, display: &Display, shown: [f32; 3], at: (f32, f32), ambient: f32, bands: f32) -> [f32; 3] {
        let mirror = self.mirror(at) * ambient;
        let mut white = display.white_rgb.iter();
        saturated(shown, self.parameters.surface.saturation).map(|light| {
            let driven = encoded(light).powf(self.parameters.surface.gamma);
            let lit = display.black_ratio + (1.0 - display.black_ratio) * driven;
            self.white * lit * bands * white.next().copied().unwrap_or(1.0) + mirror
        })
    }

    /// Light from the area around the image: paper, or a black bezel under glass.
    fn margin(&self, device: &Device, at: (f32, f32), ambient: f32) -> [f32; 3] {
        match &device.surface {
            Surface::Ink(ink) => ink.paper.map(|light| (light * self.paper(at) + self.mirror(at)) * ambient),
            Surface::Pixels => [0.0; 3],
            Surface::Display(_) => [(BEZEL + self.mirror(at)) * ambient; 3],
        }
    }

    /// Paper tone around 1: fibers and shading by curl.
    fn paper(&self, (u, v): (f32, f32)) -> f32 {
        let seed = self.options.seed ^ Purpose::Paper as u64;
        let fibres = 0.02 * value_noise(seed, u / 0.8, v / 0.8) + 0.02 * value_noise(seed, u / 6.0, v / 6.0);
        let curl = (u / self.options.device.outer_mm.0 * std::f32::consts::PI).sin();
        1.0 + fibres + self.parameters.surface.curl_ratio * curl
    }

    /// Reflection of the room in a glossy surface, relative to white paper: diffuse, brighter at a window or lamp.
    fn mirror(&self, (u, v): (f32, f32)) -> f32 {
        let (device, room) = (self.options.device, &self.parameters.room);
        if device.gloss_ratio <= 0.0 {
            return 0.0;
        }
        let [across, down] = room.window_at_ratio;
        let off = (u - across * device.outer_mm.0, v - down * device.outer_mm.1);
        // Flat inside with a steep edge: a defocused window.
        let away = (off.0 / room.window_mm).powi(2) + (off.1 / (0.7 * room.window_mm)).powi(2);
        device.gloss_ratio * (AMBIENT_RATIO + room.window_ratio * (-away * away).exp())
    }

    /// The wall or room behind, and the display's glow in the lens.
    fn behind(&self, u: f32, v: f32, across: (f32, f32), ambient: f32) -> [f32; 3] {
        let outer = self.options.device.outer_mm;
        let wall = self.parameters.room.wall;
        let behind = if let Some(room) = &self.room {
            room.reflectance(across, wall)
        } else {
            let rough = 1.0 + 0.05 * value_noise(self.options.seed, across.0 * 6.0, across.1 * 6.0);
            wall.map(|light| light * rough)
        };
        let (dx, dy) = (u.abs() - outer.0 / 2.0, v.abs() - outer.1 / 2.0);
        let away_mm = dx.max(0.0).hypot(dy.max(0.0));
        let glow = self.white * GLOW_RATIO * (-away_mm / GLOW_MM).exp();
        let mut mean = self.mean.into_iter();
        behind.map(|light| light * ambient + glow * mean.next().unwrap_or(0.0))
    }
}

/// Scales the distance of `light` from its gray.
fn saturated(light: [f32; 3], saturation: f32) -> [f32; 3] {
    let [r, g, b] = light;
    // Luminance with sRGB primaries.
    let grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    light.map(|light| (grey + saturation * (light - grey)).clamp(0.0, 1.0))
}

/// Whether (`u`, `v`) is inside a centered rectangle of `size_mm`.
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
