//! The image in which bezels are looked for, and straight lines through points.
#![expect(clippy::indexing_slicing, reason = "levels and heights index tables that were made for them")]

use crate::frame::Frame;

/// Approximate shorter side of the analyzed image, pixels; larger images are subsampled.
const SHORT_SIDE: f32 = 240.0;
/// Quantile of the pixel levels that defines the reference level.
const USUAL_RATIO: f32 = 0.6;
/// Below this reference level, an image is too dark to distinguish black from dark.
const TOO_DARK: f32 = 40.0;
/// Black is at least this level.
const BLACK_MIN: f32 = 20.0;
/// Within how many pixels beyond the edge that level is reached.
pub(super) const STEP_REACH: usize = 4;
/// Number of slopes tried to either side, and the step between two: up to 13.5 degrees.
const LEANINGS: (i32, f32) = (20, 0.012);
/// How far a point may be off the line: five half pixels from the first to the last.
const LINE_HALVES: usize = 5;
/// Black with less variation than this was drawn (a letterbox), not captured. Standard deviation, levels.
const DRAWN: f32 = 1.0;

/// The image, subsampled, with the maximum of each pixel's three channels: what is black here is black in all of them.
pub(super) struct Thinned {
    pub(super) levels: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Pixels of the image for one of these.
    pub(super) step: usize,
}

/// What counts as black, and as bright beyond an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contrast {
    pub(super) black: u8,
    pub(super) bright: u8,
}

impl Contrast {
    /// Black up to a share of the usual level, and bright from another share above that.
    pub(super) fn of(usual: f32, (black, step): (f32, f32)) -> Self {
        let black = (black * usual).max(BLACK_MIN);
        Self { black: black as u8, bright: (black + step * usual) as u8 }
    }
}

impl Thinned {
    pub(super) fn of(frame: &Frame) -> Self {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let step = ((width.min(height) as f32 / SHORT_SIDE).round() as usize).max(1);
        let line = |row: &[u8]| -> Vec<u8> {
            row.chunks_exact(3).step_by(step).map(|rgb| rgb[0].max(rgb[1]).max(rgb[2])).collect()
        };
        let levels: Vec<u8> = frame.rgb().chunks_exact(width * 3).step_by(step).flat_map(line).collect();
        Self { levels, width: width.div_ceil(step), height: height.div_ceil(step), step }
    }

    /// The level that is usual in this image; `None` if all of it is too dark to tell black from dark.
    pub(super) fn usual(&self) -> Option<f32> {
        let usual = self.quantile();
        (usual >= TOO_DARK).then_some(usual)
    }

    fn quantile(&self) -> f32 {
        let mut counts = [0_usize; 256];
        for row in self.levels.chunks_exact(self.width).step_by(4) {
            for level in row.iter().step_by(4) {
                counts[usize::from(*level)] += 1;
            }
        }
        let below = (USUAL_RATIO * (counts.iter().sum::<usize>() - 1) as f32) as usize;
        let mut seen = 0;
        let usual = counts.iter().position(|count| {
            seen += count;
            seen > below
        });
        usual.unwrap_or(0) as f32
    }
}

/// Whether black with these levels was drawn.
pub(super) fn is_drawn(levels: impl Iterator<Item = u8> + Clone) -> bool {
    let levels = levels.map(f32::from);
    let count = levels.clone().count() as f32;
    let mean = levels.clone().sum::<f32>() / count;
    levels.map(|level| (level - mean).powi(2)).sum::<f32>() / count < DRAWN * DRAWN
}

/// The largest number of these points on one straight line that runs along the first coordinate, more or less.
pub(super) fn on_a_line(points: &[(usize, usize)]) -> usize {
    (-LEANINGS.0..=LEANINGS.0).map(|lean| leaning(points, lean as f32 * LEANINGS.1)).max().unwrap_or(0)
}

/// The largest number of these points on one line with this slope.
fn leaning(points: &[(usize, usize)], slope: f32) -> usize {
    let heights: Vec<i32> =
        points.iter().map(|(i, end)| ((*end as f32 - slope * *i as f32) * 2.0).floor() as i32).collect();
    let lowest = heights.iter().min().copied().unwrap_or(0);
    let mut counts =
        vec![0_usize; heights.iter().map(|height| (height - lowest) as usize + 1).max().unwrap_or(0) + LINE_HALVES];
    for height in &heights {
        counts[(height - lowest) as usize] += 1;
    }
    counts.windows(LINE_HALVES).map(|window| window.iter().sum()).max().unwrap_or(0)
}
