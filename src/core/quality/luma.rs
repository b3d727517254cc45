//! Interpolated luma of a frame.
#![expect(clippy::indexing_slicing, reason = "taps are clamped to the frame they were made for")]

use crate::{
    frame::Frame,
    geometry::{InFrame, Point},
};

/// Samples luma (BT.601, 0 to 255) anywhere in a frame. Outside the frame the edge pixels repeat.
pub(super) struct Luma<'f> {
    rgb: &'f [u8],
    width: usize,
    height: usize,
}

/// Two neighboring pixels along one axis, and the weight of the second.
#[derive(Clone, Copy)]
pub(super) struct Tap {
    near: usize,
    far: usize,
    far_weight: f32,
}

impl<'f> Luma<'f> {
    /// A sampler for `frame`.
    pub(super) fn of(frame: &'f Frame) -> Self {
        Self { rgb: frame.rgb(), width: frame.width() as usize, height: frame.height() as usize }
    }

    /// Width and height of the frame, pixels.
    pub(super) fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    /// The columns around `x`.
    pub(super) fn column(&self, x: f32) -> Tap {
        Tap::about(x, self.width)
    }

    /// The rows around `y`.
    pub(super) fn row(&self, y: f32) -> Tap {
        Tap::about(y, self.height)
    }

    /// The luma interpolated at `column` and `row`.
    pub(super) fn mixed(&self, column: Tap, row: Tap) -> f32 {
        let across = |y: usize| {
            self.pixel(column.near, y) * (1.0 - column.far_weight) + self.pixel(column.far, y) * column.far_weight
        };
        across(row.near) * (1.0 - row.far_weight) + across(row.far) * row.far_weight
    }

    /// The luma at `point`.
    pub(super) fn at(&self, point: Point<InFrame>) -> f32 {
        self.mixed(self.column(point.x), self.row(point.y))
    }

    /// The luma of the pixel at (`x`, `y`) and of its neighbors, by row.
    pub(super) fn around(&self, x: f32, y: f32) -> [[f32; 3]; 3] {
        let near = |at: f32, end: usize| [-1.0, 0.0, 1.0].map(|d| (at + d).clamp(0.0, end as f32 - 1.0) as usize);
        let columns = near(x, self.width);
        near(y, self.height).map(|row| columns.map(|column| self.pixel(column, row)))
    }

    fn pixel(&self, x: usize, y: usize) -> f32 {
        let i = (y * self.width + x) * 3;
        0.299 * f32::from(self.rgb[i]) + 0.587 * f32::from(self.rgb[i + 1]) + 0.114 * f32::from(self.rgb[i + 2])
    }
}

impl Tap {
    fn about(at: f32, end: usize) -> Self {
        let at = (at - 0.5).clamp(0.0, end as f32 - 1.0);
        Self { near: at as usize, far: (at as usize + 1).min(end - 1), far_weight: at.fract() }
    }
}
