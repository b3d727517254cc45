//! What the face is shown on: its size, its light, and the room round it.

use super::{
    Species,
    chance::{Purpose, between, stream, value_noise},
    grid::Grid,
    picture::{Light, linear},
    pose::View,
};
use crate::frame::Frame;

/// Where in the shown picture the attacker puts the middle: a portrait's face is a little below its picture's.
const MIDDLE: (f32, f32) = (0.5, 0.55);
/// Light of a display's black, by its white: the backlight leaks.
const BLACK_RATIO: f32 = 0.004;
/// Light of a room's mirror image on glass, by white paper in that room.
const REFLECTION: f32 = 0.025;
/// Light round a bright display in the lens, by the display's mean, and how far it reaches.
const GLOW_RATIO: f32 = 0.03;
const GLOW_MM: f32 = 25.0;
/// Light of blackest toner and of white paper, by ideal white.
const TONER: f32 = 0.03;
const PAPER: [f32; 3] = [0.86, 0.85, 0.80];

/// Measures of a carrier.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Form {
    /// Width and height of the whole, mm.
    pub(super) outer_mm: (f32, f32),
    /// Width and height of the picture on it, mm.
    pub(super) picture_mm: (f32, f32),
    /// Pixel pitch of a display, mm; 0 for a print.
    pub(super) pitch_mm: f32,
    /// Width of the whole by width of the camera's view.
    pub(super) fill_ratio: f32,
    /// How much the attacker enlarges the picture before showing it.
    pub(super) zoom: f32,
    /// Light of the display's white, by white paper in the room; 0 for a print.
    pub(super) white: f32,
}

impl Form {
    fn of(species: Species) -> Self {
        match species {
            Species::Print => Self {
                outer_mm: (297.0, 210.0),
                picture_mm: (257.0, 193.0),
                pitch_mm: 0.0,
                fill_ratio: 0.92,
                zoom: 1.35,
                white: 0.0,
            },
            Species::Phone => Self {
                outer_mm: (138.0, 67.0),
                picture_mm: (104.0, 58.5),
                pitch_mm: 25.4 / 326.0,
                fill_ratio: 0.95,
                zoom: 1.45,
                white: 1.6,
            },
            Species::Tablet => Self {
                outer_mm: (241.0, 186.0),
                picture_mm: (197.0, 148.0),
                pitch_mm: 25.4 / 132.0,
                fill_ratio: 0.88,
                zoom: 1.6,
                white: 1.4,
            },
        }
    }
}

/// A carrier in its room.
pub(super) struct Carrier {
    species: Species,
    form: Form,
    seed: u64,
    /// What it shows.
    shown: Light,
    mean: [f32; 3],
    room: Room,
}

/// Light of the room.
struct Room {
    /// Colour of the wall behind, by white.
    wall: [f32; 3],
    /// Fall-off of the light per view width, across and down.
    slope: (f32, f32),
    /// Middle of the room's mirror image on the glass, mm.
    reflection_mm: (f32, f32),
}

/// The light on the sensor, and the fine structure that it is to be multiplied with after the lens.
pub(super) struct Seen {
    /// Light without fine structure.
    pub(super) base: Light,
    /// Gain by fine structure.
    grid: Light,
}

impl Seen {
    /// The light under its fine structure.
    pub(super) fn under_grid(mut self) -> Light {
        for (light, [r, g, b]) in self.base.rgb.iter_mut().zip(&self.grid.rgb) {
            let [x, y, z] = *light;
            *light = [x * r.max(0.0), y * g.max(0.0), z * b.max(0.0)];
        }
        self.base
    }
}

impl Carrier {
    /// The carrier of `species`; a print shows `first` for ever.
    pub(super) fn new(species: Species, first: &Frame, seed: u64) -> Self {
        let mut chance = stream(seed, Purpose::Room, 0);
        let mut draw = |low, high| between(&mut chance, low, high);
        let grey = draw(0.25, 0.5);
        let wall = [grey * draw(0.95, 1.1), grey, grey * draw(0.8, 1.0)];
        let slope = (draw(-0.3, 0.3), draw(-0.2, 0.1));
        let mut glass = stream(seed, Purpose::Glass, 0);
        let reflection_mm = (between(&mut glass, -80.0, 80.0), between(&mut glass, -80.0, 20.0));
        let room = Room { wall, slope, reflection_mm };
        let shown = Light::of(first);
        let mean = shown.mean();
        Self { species, form: Form::of(species), seed, shown, mean, room }
    }

    /// Its measures.
    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    /// Shows `frame`, unless it is a print.
    pub(super) fn show(&mut self, frame: &Frame) {
        if self.species != Species::Print {
            self.shown = Light::of(frame);
            self.mean = self.shown.mean();
        }
    }

    /// What the photosites of `view` see.
    pub(super) fn light(&self, view: &View) -> Seen {
        let grid = match self.species {
            Species::Print => Grid::dots(view.cell_mm),
            Species::Phone | Species::Tablet => Grid::stripes(self.form.pitch_mm, view.cell_mm),
        };
        let mut gains = Vec::with_capacity(view.width * view.height);
        let base = Light::from_fn(view.width, view.height, |x, y| {
            let (u, v) = view.carrier(x, y);
            let across = (x as f32 / view.width as f32 - 0.5, y as f32 / view.height as f32 - 0.5);
            let ambient = (1.0 + self.room.slope.0 * across.0 + self.room.slope.1 * across.1).max(0.2);
            if inside(u, v, self.form.picture_mm) {
                let shown = self.picture(u, v);
                gains.push(grid.gain(u, v, shown));
                self.surface(shown, u, v, ambient)
            } else {
                gains.push([1.0; 3]);
                if inside(u, v, self.form.outer_mm) {
                    self.frame(u, v, ambient)
                } else {
                    self.room(u, v, across, ambient)
                }
            }
        });
        Seen { grid: Light { width: base.width, height: base.height, rgb: gains }, base }
    }

    /// The shown picture at (`u`, `v`) mm, enlarged to cover the whole area, 0 to 1.
    fn picture(&self, u: f32, v: f32) -> [f32; 3] {
        let (width, height) = (self.shown.width as f32, self.shown.height as f32);
        let per_mm = (width / self.form.picture_mm.0).min(height / self.form.picture_mm.1) / self.form.zoom;
        self.shown.sample(MIDDLE.0 * width + u * per_mm, MIDDLE.1 * height + v * per_mm)
    }

    /// Light from the picture area where it shows `shown`.
    fn surface(&self, shown: [f32; 3], u: f32, v: f32, ambient: f32) -> [f32; 3] {
        match self.species {
            Species::Print => {
                // Inks mix: each takes some of its neighbours' light, and none goes below black toner.
                let grey = shown.iter().sum::<f32>() / 3.0;
                let tone = self.paper(u, v) * ambient;
                let mut paper = PAPER.iter();
                shown.map(|light| {
                    let ink = TONER + (1.0 - TONER) * (0.82 * light + 0.18 * grey);
                    ink * paper.next().copied().unwrap_or(1.0) * tone
                })
            }
            Species::Phone | Species::Tablet => {
                // A display's white is bluer than the room's, and its curve a plain power of 2.2.
                let mut white = [0.95, 1.0, 1.12].into_iter();
                let mirror = self.mirror(u, v) * ambient;
                shown.map(|light| {
                    let driven = super::picture::encoded(light).powf(2.2);
                    let lit = BLACK_RATIO + (1.0 - BLACK_RATIO) * driven;
                    self.form.white * lit * white.next().unwrap_or(1.0) + mirror
                })
            }
        }
    }

    /// Light from the carrier beside the picture: paper's margin, or a black frame under glass.
    fn frame(&self, u: f32, v: f32, ambient: f32) -> [f32; 3] {
        match self.species {
            Species::Print => PAPER.map(|light| light * self.paper(u, v) * ambient),
            Species::Phone | Species::Tablet => [linear(0.1) * ambient + self.mirror(u, v) * ambient; 3],
        }
    }

    /// Tone of the paper, about 1: fibres, and the shade of its curl.
    fn paper(&self, u: f32, v: f32) -> f32 {
        let seed = self.seed ^ Purpose::Paper as u64;
        let fibres = 0.02 * value_noise(seed, u / 0.8, v / 0.8) + 0.02 * value_noise(seed, u / 6.0, v / 6.0);
        let curl = 0.06 * (u / self.form.outer_mm.0 * std::f32::consts::PI).sin();
        1.0 + fibres + curl
    }

    /// The room's mirror image on the glass: soft, brighter near one place (a window, a lamp).
    fn mirror(&self, u: f32, v: f32) -> f32 {
        let (x, y) = self.room.reflection_mm;
        let away = ((u - x) / 60.0).powi(2) + ((v - y) / 40.0).powi(2);
        REFLECTION * (0.5 + 1.5 * (-away).exp())
    }

    /// The wall behind, and the glow of the display in the lens.
    fn room(&self, u: f32, v: f32, across: (f32, f32), ambient: f32) -> [f32; 3] {
        let rough = 1.0 + 0.05 * value_noise(self.seed, across.0 * 6.0, across.1 * 6.0);
        let (dx, dy) = (u.abs() - self.form.outer_mm.0 / 2.0, v.abs() - self.form.outer_mm.1 / 2.0);
        let away_mm = dx.max(0.0).hypot(dy.max(0.0));
        let glow = self.form.white * GLOW_RATIO * (-away_mm / GLOW_MM).exp();
        let mut mean = self.mean.into_iter();
        self.room.wall.map(|wall| wall * ambient * rough + glow * mean.next().unwrap_or(0.0))
    }
}

/// Whether (`u`, `v`) lies within a rectangle of `size_mm` about the middle.
fn inside(u: f32, v: f32, size_mm: (f32, f32)) -> bool {
    u.abs() <= size_mm.0 / 2.0 && v.abs() <= size_mm.1 / 2.0
}
