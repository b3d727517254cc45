//! Whether the background moves with the face.
//!
//! In front of a fixed camera, a live face moves and the background does not. A printed or displayed face carries its
//! background along: if it is hand-held, both move; on a tripod, neither does. The measure compares the two motions
//! with each other, so that neither frame rate nor image size matters. It cannot detect that the camera itself is
//! hand-held; then a genuine background moves too.
#![expect(clippy::indexing_slicing, reason = "indices of cells and pixels come from the grid that holds them")]

use std::time::Duration;

use super::{Cue, View};
use crate::{
    frame::Frame,
    geometry::{InFrame, Rect},
    policy::CueName,
};

/// Number of cells across the image; cells are square.
const COLUMNS: usize = 80;
/// Added to a level before taking its logarithm, so that noise in dark cells stays small. Levels, of 255.
const DARK_OFFSET: f32 = 8.0;
/// A cell that was ever outside these levels is under- or overexposed and shows no motion.
const LEVELS: (f32, f32) = (10.0, 248.0);
/// Minimum slope of a cell that can show motion, log level per cell.
const SLOPE: f32 = 0.025;
/// Share of background cells, the flattest, that are taken to show only sensor noise.
const FLAT_RATIO: f32 = 0.3;
/// Added to both motions, because smaller ones cannot be measured. Cells.
const FLOOR: f32 = 0.02;
/// Distance from the face at which the background begins, face widths.
const MARGIN: f32 = 0.35;
/// Minimum number of background cells, and of cells with a slope in background and face each.
const CELLS: (usize, usize) = (60, 25);
/// Minimum number of frames.
const FRAMES: u32 = 3;
/// Minimum time a person must be observed for: less leaves no time to move.
pub(super) const WATCHED: Duration = Duration::from_millis(1_500);

/// Measure: ln((background motion + floor) / (face motion + floor)), where a motion is the root mean square
/// displacement of all cells with a slope. 0: both move alike; −1: the face moves 2.7 times as far. Abstains if the
/// background has no texture.
#[derive(Debug, Default)]
pub(super) struct Background {
    grid: Option<Grid>,
    watched: Option<(Duration, Duration)>,
}

/// The brightness of every cell over time.
#[derive(Debug)]
struct Grid {
    rows: usize,
    frames: u32,
    /// Sum of the face boxes, cells.
    boxes: [f32; 4],
    cells: Vec<Cell>,
}

/// One cell over time. Values are the logarithm of the level minus the background's median in the same frame: an
/// exposure change that affects all cells alike is not motion.
#[derive(Debug, Clone, Copy)]
struct Cell {
    mean: f32,
    squares: f32,
    darkest: f32,
    brightest: f32,
}

/// A face box in cells.
#[derive(Debug, Clone, Copy)]
struct FaceCells {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Cue for Background {
    fn name(&self) -> CueName {
        CueName::Background
    }

    fn see(&mut self, view: View<'_>) {
        if let Some(at) = view.at {
            self.watched = Some((self.watched.map_or(at, |(first, _)| first), at));
        }
        self.add(view.good.frame(), view.good.face().rect);
    }

    fn measure(&self) -> Option<f32> {
        self.grid.as_ref()?.measure()
    }

    fn may_deny(&self) -> bool {
        self.watched.is_none_or(|(first, last)| last.saturating_sub(first) >= WATCHED)
    }
}

impl Background {
    fn add(&mut self, frame: &Frame, face: Rect<InFrame>) {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let rows = height * COLUMNS / width;
        if width < COLUMNS || rows < 8 {
            return;
        }
        let grid = self.grid.get_or_insert_with(|| Grid::new(rows));
        if grid.rows == rows {
            let side = width as f32 / COLUMNS as f32;
            let cells =
                FaceCells { x: face.x / side, y: face.y / side, width: face.width / side, height: face.height / side };
            grid.add(&levels(frame, rows), cells);
        }
    }
}

/// Mean level of each cell, from the green channel: half of a sensor's pixels are green, so it is the least noisy.
fn levels(frame: &Frame, rows: usize) -> Vec<f32> {
    let width = frame.width() as usize;
    let edge = |cell: usize| cell * width / COLUMNS;
    let mut levels = Vec::with_capacity(rows * COLUMNS);
    for row in 0..rows {
        let (top, bottom) = (edge(row), edge(row + 1));
        let mut sums = [0_u32; COLUMNS];
        for line in frame.rgb()[top * width * 3..bottom * width * 3].chunks_exact(width * 3) {
            for (column, sum) in sums.iter_mut().enumerate() {
                let pixels = line[edge(column) * 3..edge(column + 1) * 3].chunks_exact(3);
                *sum += pixels.map(|pixel| u32::from(pixel[1])).sum::<u32>();
            }
        }
        let area = |column: usize| (bottom - top) * (edge(column + 1) - edge(column));
        levels.extend(sums.iter().enumerate().map(|(column, sum)| *sum as f32 / area(column) as f32));
    }
    levels
}

impl Grid {
    fn new(rows: usize) -> Self {
        let cell = Cell { mean: 0.0, squares: 0.0, darkest: f32::MAX, brightest: f32::MIN };
        Self { rows, frames: 0, boxes: [0.0; 4], cells: vec![cell; rows * COLUMNS] }
    }

    fn add(&mut self, levels: &[f32], face: FaceCells) {
        let logs: Vec<f32> = levels.iter().map(|level| (level + DARK_OFFSET).ln()).collect();
        let mut behind: Vec<f32> =
            logs.iter().enumerate().filter(|(i, _)| face.leaves(*i)).map(|(_, log)| *log).collect();
        if behind.len() < CELLS.0 {
            return;
        }
        let exposure = median(&mut behind);
        self.frames += 1;
        for (sum, side) in self.boxes.iter_mut().zip([face.x, face.y, face.width, face.height]) {
            *sum += side;
        }
        for ((cell, level), log) in self.cells.iter_mut().zip(levels).zip(logs) {
            let from_mean = log - exposure - cell.mean;
            cell.mean += from_mean / self.frames as f32;
            cell.squares += from_mean * (log - exposure - cell.mean);
            cell.darkest = cell.darkest.min(*level);
            cell.brightest = cell.brightest.max(*level);
        }
    }

    fn measure(&self) -> Option<f32> {
        if self.frames < FRAMES {
            return None;
        }
        let [x, y, width, height] = self.boxes.map(|sum| sum / self.frames as f32);
        let face = FaceCells { x, y, width, height };
        let seen = || (0..self.cells.len()).filter(|i| self.shows(*i));
        let behind: Vec<(f32, f32)> = seen().filter(|i| face.leaves(*i)).map(|i| self.slope_and_variance(i)).collect();
        let inside: Vec<(f32, f32)> = seen().filter(|i| face.holds(*i)).map(|i| self.slope_and_variance(i)).collect();
        if behind.len() < CELLS.0 {
            return None;
        }
        let mut slopes: Vec<f32> = behind.iter().map(|(slope, _)| *slope).collect();
        let at = (FLAT_RATIO * (slopes.len() - 1) as f32) as usize;
        let flat = *slopes.select_nth_unstable_by(at, f32::total_cmp).1;
        let mut noise: Vec<f32> =
            behind.iter().filter(|(slope, _)| *slope <= flat).map(|(_, variance)| *variance).collect();
        let noise = median(&mut noise);
        Some(((motion(&behind, noise)? + FLOOR) / (motion(&inside, noise)? + FLOOR)).ln())
    }

    /// Whether the cell has neighbors on all sides and was never under- or overexposed.
    fn shows(&self, i: usize) -> bool {
        let (column, row, cell) = (i % COLUMNS, i / COLUMNS, self.cells[i]);
        (1..COLUMNS - 1).contains(&column)
            && (1..self.rows - 1).contains(&row)
            && cell.darkest > LEVELS.0
            && cell.brightest < LEVELS.1
    }

    /// The squared slope, and the variance over time.
    fn slope_and_variance(&self, i: usize) -> (f32, f32) {
        let mean = |i: usize| self.cells[i].mean;
        let (across, down) = (mean(i + 1) - mean(i - 1), mean(i + COLUMNS) - mean(i - COLUMNS));
        ((across * across + down * down) / 4.0, self.cells[i].squares / (self.frames - 1) as f32)
    }
}

/// Root mean square displacement, cells: a pattern that moves over a slope changes brightness in proportion.
fn motion(cells: &[(f32, f32)], noise: f32) -> Option<f32> {
    let sloped = || cells.iter().filter(|(slope, _)| *slope > SLOPE * SLOPE);
    let slopes: f32 = sloped().map(|(slope, _)| slope).sum();
    let changes: f32 = sloped().map(|(_, variance)| (variance - noise).max(0.0)).sum();
    (sloped().count() >= CELLS.1).then(|| (changes / slopes).sqrt())
}

fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

impl FaceCells {
    /// Whether the cell is background: beside or above the face, not below it, where the shoulders are, and not at the
    /// image edge.
    fn leaves(self, i: usize) -> bool {
        let (x, y) = centre(i);
        let beside = x < self.x - MARGIN * self.width || x > self.x + (1.0 + MARGIN) * self.width;
        beside && y < self.y + self.height && x > 2.0 && x < COLUMNS as f32 - 2.0 && y > 2.0
    }

    /// Whether the cell is inside the face.
    fn holds(self, i: usize) -> bool {
        let (x, y) = centre(i);
        x > self.x && x < self.x + self.width && y > self.y && y < self.y + self.height
    }
}

fn centre(i: usize) -> (f32, f32) {
    ((i % COLUMNS) as f32 + 0.5, (i / COLUMNS) as f32 + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Rect<InFrame> = Rect::new(120.0, 70.0, 80.0, 100.0);

    /// A 320×240 frame of soft blobs: those in the face moved by `face` pixels, the others by `behind`, all scaled by
    /// `light`.
    fn frame(seq: u64, face: f32, behind: f32, light: f32, contrast: f32) -> Frame {
        let rgb = (0..320 * 240).flat_map(|i| {
            let (x, y) = ((i % 320) as f32, (i / 320) as f32);
            let inside = x > FACE.x && x < FACE.x + FACE.width && y > FACE.y && y < FACE.y + FACE.height;
            let (shift, contrast) = if inside { (face, 40.0) } else { (behind, contrast) };
            let level = 110.0 + contrast * (((x - shift) / 9.0).sin() * (y / 11.0).cos());
            [(level * light) as u8; 3]
        });
        Frame::new(320, 240, rgb.collect(), seq, Duration::from_millis(seq * 100)).unwrap()
    }

    fn measure(motion: impl Fn(f32) -> (f32, f32), light: f32, contrast: f32) -> Option<f32> {
        let mut cue = Background::default();
        for k in 0..20_u8 {
            let sway = (f32::from(k) * 0.9).sin();
            let (face, behind) = motion(sway);
            cue.add(&frame(u64::from(k), face, behind, 1.0 + light * sway, contrast), FACE);
        }
        cue.grid?.measure()
    }

    #[test]
    fn distinguishes_live_faces_from_instruments_by_the_background() {
        type Motion = fn(f32) -> (f32, f32);
        let rows: [(&str, Motion, f32, std::ops::Range<f32>); 5] = [
            ("alive", |s| (3.0 * s, 0.0), 0.0, -9.0..-2.0),
            ("alive, with changing exposure", |s| (3.0 * s, 0.0), 0.1, -9.0..-1.0),
            ("an attack instrument in a hand", |s| (3.0 * s, 3.0 * s), 0.0, -0.2..0.2),
            ("an attack instrument on a stand", |_| (0.0, 0.0), 0.0, -0.2..0.2),
            ("a camera in a hand", |s| (s, 3.0 * s), 0.0, 0.5..9.0),
        ];
        for (name, motion, light, expected) in rows {
            let measure = measure(motion, light, 40.0).unwrap();
            assert!(expected.contains(&measure), "{name}: {measure}");
        }
    }

    #[test]
    fn abstains_without_background_texture() {
        assert_eq!(measure(|s| (3.0 * s, 0.0), 0.0, 0.0), None);
    }

    #[test]
    fn abstains_if_the_face_fills_the_frame() {
        let mut cue = Background::default();
        for k in 0..5 {
            cue.add(&frame(k, 0.0, 0.0, 1.0, 40.0), Rect::new(20.0, 10.0, 280.0, 220.0));
        }
        assert_eq!(cue.measure(), None);
    }

    #[test]
    fn works_at_any_frame_size() {
        for (width, height) in [(1, 1), (79, 60), (80, 7), (81, 61), (1, 400), (333, 97)] {
            let mut cue = Background::default();
            let frame = Frame::new(width, height, vec![9; (width * height * 3) as usize], 0, Duration::ZERO).unwrap();
            for _ in 0..4 {
                cue.add(&frame, Rect::new(-5.0, 2.0, 9e3, f32::NAN));
            }
            assert_eq!(cue.measure(), None, "{width}x{height}");
        }
    }

    #[test]
    fn never_denies_before_enough_time_has_passed() {
        let rows = [(None, true), (Some(0), false), (Some(1_400), false), (Some(1_500), true)];
        for (millis, expected) in rows {
            let watched = millis.map(|millis| (Duration::ZERO, Duration::from_millis(millis)));
            assert_eq!(Background { grid: None, watched }.may_deny(), expected, "{millis:?}");
        }
    }
}
