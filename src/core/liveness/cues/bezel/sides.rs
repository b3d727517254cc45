//! Bezels at the sides of the image.
#![expect(clippy::indexing_slicing, reason = "a side indexes only pixels of the image it belongs to")]

use super::thinned::{Contrast, STEP_REACH, Thinned, is_drawn, on_a_line};

/// A band is at least this many pixels deep, and less deep than this fraction of the image (1/n).
const DEPTH: (usize, usize) = (3, 5);
/// Minimum share of a side for a line.
const MIN_RATIO: f32 = 0.1;

/// What counts as black, relative to the usual level, and how much brighter it is beyond. At 0.3, door frames count.
const BLACK: (f32, f32) = (0.2, 0.25);

/// The share of each side along which a straight line bounds a black band: top, bottom, left, right.
pub(super) fn bands(image: &Thinned, usual: f32) -> [f32; 4] {
    let contrast = Contrast::of(usual, BLACK);
    sides(image).map(|side| side.band(contrast))
}

/// One side of the image.
struct Side<'l> {
    levels: &'l [u8],
    /// Index of its first pixel, and the stride along the side.
    first: usize,
    along: usize,
    /// Stride to the next pixel inwards, and whether that pixel has the lower index.
    inwards: usize,
    backwards: bool,
    length: usize,
    reach: usize,
}

fn sides(image: &Thinned) -> [Side<'_>; 4] {
    let (levels, width, height) = (image.levels.as_slice(), image.width, image.height);
    let lying = |first, backwards| Side {
        levels,
        first,
        along: 1,
        inwards: width,
        backwards,
        length: width,
        reach: height / DEPTH.1,
    };
    let standing = |first, backwards| Side {
        levels,
        first,
        along: width,
        inwards: 1,
        backwards,
        length: height,
        reach: width / DEPTH.1,
    };
    [lying(0, false), lying((height - 1) * width, true), standing(0, false), standing(width - 1, true)]
}

impl Side<'_> {
    fn level(&self, i: usize, depth: usize) -> u8 {
        let (edge, inwards) = (self.first + i * self.along, depth * self.inwards);
        self.levels[if self.backwards { edge - inwards } else { edge + inwards }]
    }

    /// The share of the side along which a straight line bounds a black band.
    fn band(&self, contrast: Contrast) -> f32 {
        let ends: Vec<(usize, usize)> =
            (0..self.length).filter_map(|i| Some((i, self.band_end(i, contrast)?))).collect();
        if (ends.len() as f32) < MIN_RATIO * self.length as f32 || is_drawn(self.within(&ends)) {
            return 0.0;
        }
        on_a_line(&ends) as f32 / self.length as f32
    }

    /// Depth of the black band at `i`. The outermost pixel is ignored: some cameras leave it black.
    fn band_end(&self, i: usize, Contrast { black, bright }: Contrast) -> Option<usize> {
        let end = (1..self.reach).find(|depth| self.level(i, *depth) > black)?;
        let beyond = (end + STEP_REACH).min(self.reach - 1);
        (end >= DEPTH.0 && end + 1 < self.reach && self.level(i, beyond) > bright).then_some(end)
    }

    /// The levels of the band.
    fn within(&self, ends: &[(usize, usize)]) -> impl Iterator<Item = u8> + Clone {
        ends.iter().flat_map(|(i, end)| (1..end - 1).map(|depth| self.level(*i, depth)))
    }
}
