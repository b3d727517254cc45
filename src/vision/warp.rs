//! The bilinear sampler for letterboxing and axis-aligned crops, and for aligned faces under rotation; and the mean over areas
//! for crops that are larger than what a network takes.
//!
//! The networks were trained on images resized by OpenCV. The arithmetic matches its `INTER_LINEAR` on 8-bit images:
//! pixel centers map to pixel centers, 11-bit weights, results rounded to whole levels.
#![expect(clippy::indexing_slicing, reason = "pixel kernels; the tap tables contain only indices inside the region")]

use zeroize::Zeroizing;

use countenance_core::{
    frame::Frame,
    geometry::{InCrop, InFrame, Point, Similarity},
};

/// Bits of a weight in fixed-point interpolation.
const WEIGHT_BITS: i32 = 11;
/// The weight 1.0.
const ONE: i32 = 1 << WEIGHT_BITS;

/// An image as the networks take it: planes B, G, R of `height` rows and `width` columns, whole numbers 0 to 255 unless
/// scaled. Wiped on drop.
pub(super) struct Planes {
    width: usize,
    height: usize,
    values: Zeroizing<Vec<f32>>,
}

/// A part of a frame in whole pixels, inside the frame; no side is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    /// Left edge.
    pub(super) x: usize,
    /// Top edge.
    pub(super) y: usize,
    /// Columns.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
}

impl Region {
    /// The whole frame.
    pub(super) fn whole(frame: &Frame) -> Self {
        Self { x: 0, y: 0, width: frame.width() as usize, height: frame.height() as usize }
    }
}

impl Planes {
    /// Black planes of this size.
    pub(super) fn black(width: usize, height: usize) -> Self {
        Self::even(0.0, width, height)
    }

    /// Planes of this size, filled with `level`.
    pub(super) fn even(level: f32, width: usize, height: usize) -> Self {
        Self { width, height, values: Zeroizing::new(vec![level; 3 * width * height]) }
    }

    /// The input shape for a network: one image, three planes, rows, columns.
    pub(super) fn shape(&self) -> [usize; 4] {
        [1, 3, self.height, self.width]
    }

    /// All values, plane by plane.
    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    /// Replaces each value v by (v − `mean`) / `divisor`.
    pub(super) fn scaled(mut self, mean: f32, divisor: f32) -> Self {
        for value in self.values.iter_mut() {
            *value = (*value - mean) / divisor;
        }
        self
    }

    /// Swaps the blue and the red plane.
    pub(super) fn reverse_planes(&mut self) {
        let area = self.width * self.height;
        let (blue, rest) = self.values.split_at_mut(area);
        blue.swap_with_slice(&mut rest[area..]);
    }

    /// Resizes `region` of `frame` into the top-left `width` × `height` pixels; the rest stays unchanged.
    pub(super) fn resize_from(&mut self, frame: &Frame, region: Region, width: usize, height: usize) {
        let columns = taps(region.x, region.width, width.min(self.width));
        let rows = taps(region.y, region.height, height.min(self.height));
        let stride = frame.width() as usize * 3;
        let (area, plane_width) = (self.width * self.height, self.width);
        let (blue, rest) = self.values.split_at_mut(area);
        let (green, red) = rest.split_at_mut(area);
        for (y, row) in rows.iter().enumerate() {
            let upper = &frame.rgb()[row.near * stride..][..stride];
            let lower = &frame.rgb()[row.far * stride..][..stride];
            let line = y * plane_width..y * plane_width + columns.len();
            let targets = [&mut red[line.clone()], &mut green[line.clone()], &mut blue[line]];
            for (channel, target) in targets.into_iter().enumerate() {
                for (value, column) in target.iter_mut().zip(&columns) {
                    let (near, far) = (column.near * 3 + channel, column.far * 3 + channel);
                    let above = mix(i32::from(upper[near]), i32::from(upper[far]), column.far_weight);
                    let below = mix(i32::from(lower[near]), i32::from(lower[far]), column.far_weight);
                    *value = level(above, below, row.far_weight) as f32;
                }
            }
        }
    }

    /// Fills these planes with `region` of `frame`. A pixel is the mean of the area that it covers, as with OpenCV's `INTER_AREA`;
    /// where `region` is smaller in one direction, as [`resize_from`](Self::resize_from).
    ///
    /// Four pixels of a large crop for each of the network's, as the bilinear sampler takes them, would hand it the sensor's
    /// noise at full strength, and fine structure as coarse patterns.
    pub(super) fn average_from(&mut self, frame: &Frame, region: Region) {
        let (width, height) = (self.width, self.height);
        if region.width < width || region.height < height {
            return self.resize_from(frame, region, width, height);
        }
        let columns = spans(region.x, region.width, width);
        let rows = spans(region.y, region.height, height);
        let stride = frame.width() as usize * 3;
        let (area, mut sums) = (width * height, Zeroizing::new(vec![0.0_f32; 3 * width]));
        let (blue, rest) = self.values.split_at_mut(area);
        let (green, red) = rest.split_at_mut(area);
        for (y, row) in rows.iter().enumerate() {
            sums.fill(0.0);
            for (source, row_weight) in row.weighted() {
                let line = &frame.rgb()[source * stride..][..stride];
                for (sum, column) in sums.chunks_exact_mut(3).zip(&columns) {
                    let mut across = [0.0_f32; 3];
                    for (x, weight) in column.weighted() {
                        for (part, channel) in across.iter_mut().zip(&line[x * 3..x * 3 + 3]) {
                            *part += weight * f32::from(*channel);
                        }
                    }
                    for (part, across) in sum.iter_mut().zip(across) {
                        *part += row_weight * across;
                    }
                }
            }
            for (x, sum) in sums.chunks_exact(3).enumerate() {
                let at = y * width + x;
                (red[at], green[at], blue[at]) =
                    (sum[0].round_ties_even(), sum[1].round_ties_even(), sum[2].round_ties_even());
            }
        }
    }

    /// The face mapped by `crop_from_frame` to `width` × `height` pixels; black where that is outside the frame. `None`
    /// if the transform has no inverse.
    pub(super) fn aligned(
        frame: &Frame,
        crop_from_frame: Similarity<InFrame, InCrop>,
        width: usize,
        height: usize,
    ) -> Option<Self> {
        let frame_from_crop = crop_from_frame.inverse()?;
        let mut planes = Self::black(width, height);
        let area = width * height;
        for index in 0..area {
            let at = frame_from_crop.apply(Point::new((index % width) as f32, (index / width) as f32));
            let rgb = sample(frame, at);
            for (channel, value) in rgb.into_iter().enumerate() {
                planes.values[(2 - channel) * area + index] = value;
            }
        }
        Some(planes)
    }
}

/// The source of one row or column of the result: two neighbors, and the weight of the second in 1/[`ONE`].
struct Tap {
    near: usize,
    far: usize,
    far_weight: i32,
}

/// One tap for each of `count` results spread over `length` pixels from `start`.
fn taps(start: usize, length: usize, count: usize) -> Vec<Tap> {
    let ratio = length as f64 / count as f64;
    let inside = |index: f64| start + (index.max(0.0) as usize).min(length - 1);
    let tap = |index: usize| {
        // Beyond the edge both neighbors are the edge pixel, but the weights stay: rounding depends on them.
        let position = (index as f64 + 0.5) * ratio - 0.5;
        let near = position.floor();
        let far_weight = ((position - near) * f64::from(ONE)).round_ties_even() as i32;
        Tap { near: inside(near), far: inside(near + 1.0), far_weight }
    };
    (0..count).map(tap).collect()
}

/// The source of one row or column of a mean: neighbors, all of which count fully but the first and the last.
struct Span {
    first: usize,
    count: usize,
    first_weight: f32,
    whole_weight: f32,
    last_weight: f32,
}

impl Span {
    /// The neighbors and their weights, whose sum is 1.
    fn weighted(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        (0..self.count).map(|index| {
            let weight = match index {
                0 => self.first_weight,
                _ if index + 1 == self.count => self.last_weight,
                _ => self.whole_weight,
            };
            (self.first + index, weight)
        })
    }
}

/// One span for each of `count` results spread over `length` pixels from `start`; `length` is at least `count`.
fn spans(start: usize, length: usize, count: usize) -> Vec<Span> {
    let ratio = length as f64 / count as f64;
    let span = |index: usize| {
        let (from, to) = (index as f64 * ratio, ((index + 1) as f64 * ratio).min(length as f64));
        let (first, end) = (from as usize, (to.ceil() as usize).min(length));
        let within = |edge: usize| ((to.min(edge as f64 + 1.0) - from.max(edge as f64)).max(0.0) / (to - from)) as f32;
        let last = end.max(first + 1) - 1;
        Span {
            first: start + first,
            count: last - first + 1,
            first_weight: within(first),
            whole_weight: (1.0 / (to - from)) as f32,
            last_weight: within(last),
        }
    };
    (0..count).map(span).collect()
}

/// Interpolates two neighbors in a row, in 1/[`ONE`] of a level.
fn mix(near: i32, far: i32, far_weight: i32) -> i32 {
    near * (ONE - far_weight) + far * far_weight
}

/// Interpolates two mixed rows to one level, 0 to 255, with OpenCV's intermediate shifts.
fn level(above: i32, below: i32, below_weight: i32) -> i32 {
    let part = |mixed: i32, weight: i32| (weight * (mixed >> 4)) >> 16;
    (part(above, ONE - below_weight) + part(below, below_weight) + 2) >> 2
}

/// R, G, B at `at` (whole numbers are pixel centers), rounded to levels; pixels outside the frame are black.
fn sample(frame: &Frame, at: Point<InFrame>) -> [f32; 3] {
    let (left, top) = (at.x.floor(), at.y.floor());
    let (right_weight, lower_weight) = (at.x - left, at.y - top);
    let mut rgb = [0.0; 3];
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let (x, y) = (left as i64 + dx, top as i64 + dy);
        if (0..i64::from(frame.width())).contains(&x) && (0..i64::from(frame.height())).contains(&y) {
            let across = if dx == 0 { 1.0 - right_weight } else { right_weight };
            let down = if dy == 0 { 1.0 - lower_weight } else { lower_weight };
            let pixel = (y as usize * frame.width() as usize + x as usize) * 3;
            for (sum, channel) in rgb.iter_mut().zip(&frame.rgb()[pixel..pixel + 3]) {
                *sum += across * down * f32::from(*channel);
            }
        }
    }
    rgb.map(f32::round)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn frame(width: u32, height: u32, rgb: Vec<u8>) -> Frame {
        Frame::new(width, height, rgb, 0, Duration::ZERO).unwrap()
    }

    /// Each row: name, region, size of the result, its blue plane as OpenCV 5.0 resizes it.
    #[test]
    fn resizing_matches_opencv() {
        let picture = frame(4, 3, (0..12).flat_map(|i: u16| [0, 0, (i * 37 % 251) as u8]).collect());
        let whole = Region::whole(&picture);
        let middle = Region { x: 1, width: 2, ..whole };
        let larger = [
            [0., 26., 55., 85., 111.],
            [93., 118., 148., 130., 47.],
            [109., 135., 165., 147., 64.],
            [45., 71., 100., 130., 156.],
        ];
        let rows = [
            ("as it is", middle, (2, 3), vec![37., 74., 185., 222., 82., 119.]),
            ("smaller", whole, (3, 2), vec![43., 92., 89., 77., 126., 123.]),
            ("larger", whole, (5, 4), larger.concat()),
            ("a part", middle, (3, 2), vec![74., 92., 111., 108., 126., 145.]),
        ];
        for (name, region, (width, height), expected) in rows {
            let mut planes = Planes::black(width, height);
            planes.resize_from(&picture, region, width, height);
            assert_eq!(&planes.values()[..width * height], expected, "{name}");
        }
    }

    /// Each row: name, region, size of the result, its blue plane as OpenCV 5.0 averages it, or interpolates what is smaller.
    #[test]
    fn averaging_matches_opencv() {
        type Row = (&'static str, Region, (usize, usize), &'static [f32]);
        let picture = frame(6, 5, (0..30).flat_map(|i: u16| [0, 0, (i * 37 % 251) as u8]).collect());
        let whole = Region::whole(&picture);
        let part = Region { x: 1, y: 1, width: 5, height: 3 };
        let rows: [Row; 5] = [
            ("halved", whole, (3, 2), &[96., 69., 143., 177., 150., 74.]),
            ("by a fraction", whole, (4, 3), &[68., 50., 112., 161., 189., 104., 65., 115., 159., 208., 119., 68.]),
            (
                "as it is",
                whole,
                (6, 5),
                &[
                    0., 37., 74., 111., 148., 185., 222., 8., 45., 82., 119., 156., 193., 230., 16., 53., 90., 127.,
                    164., 201., 238., 24., 61., 98., 135., 172., 209., 246., 32., 69.,
                ],
            ),
            ("a part", part, (2, 2), &[61., 117., 157., 78.]),
            ("a part, higher", part, (2, 4), &[36., 128., 57., 110., 129., 88., 229., 70.]),
        ];
        for (name, region, (width, height), expected) in rows {
            let mut planes = Planes::black(width, height);
            planes.average_from(&picture, region);
            assert_eq!(&planes.values()[..width * height], expected, "{name}");
        }
    }

    #[test]
    fn letterboxing_leaves_the_rest_black() {
        let mut planes = Planes::black(3, 2);
        let picture = frame(2, 2, [10, 20, 30].repeat(4));
        planes.resize_from(&picture, Region::whole(&picture), 2, 2);
        assert_eq!(
            planes.values(),
            [30., 30., 0., 30., 30., 0., 20., 20., 0., 20., 20., 0., 10., 10., 0., 10., 10., 0.]
        );
    }

    #[test]
    fn a_quarter_turn_moves_pixels_and_fills_outside_with_black() {
        let picture = frame(2, 1, vec![1, 1, 1, 2, 2, 2]);
        // x' = -y, y' = x: the row becomes a column.
        let turn = Similarity::new(0.0, 1.0, 0.0, 0.0);
        let planes = Planes::aligned(&picture, turn, 2, 2).unwrap();
        assert_eq!(planes.values()[..4], [1., 0., 2., 0.]);
        assert!(Planes::aligned(&picture, Similarity::new(0.0, 0.0, 1.0, 1.0), 2, 2).is_none());
    }

    #[test]
    fn interpolates_halfway_between_pixels() {
        let picture = frame(2, 1, vec![0, 0, 0, 100, 100, 100]);
        let shift = Similarity::new(1.0, 0.0, -0.5, 0.0);
        assert_eq!(Planes::aligned(&picture, shift, 1, 1).unwrap().values(), [50., 50., 50.]);
    }
}
