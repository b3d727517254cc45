//! Points, boxes and similarity transforms. Each is typed by its coordinate space, so that a landmark in the frame
//! cannot be used on a crop by mistake.

use std::marker::PhantomData;

/// A coordinate space. Units are pixels, x to the right, y down. The origin is the outer corner of the top-left pixel,
/// so the center of that pixel is at (0.5, 0.5).
pub trait Space: Copy + Default + std::fmt::Debug + 'static {}

/// Declares one space.
macro_rules! space {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;
        impl Space for $name {}
    };
}
space!(
    /// The captured frame.
    InFrame
);
space!(
    /// An image cut from the frame for a network or a sample.
    InCrop
);

/// A point in space `S`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point<S: Space> {
    /// To the right, pixels.
    pub x: f32,
    /// Down, pixels.
    pub y: f32,
    space: PhantomData<S>,
}

impl<S: Space> Point<S> {
    /// The point at (`x`, `y`).
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y, space: PhantomData }
    }

    /// Distance to `other` in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point halfway to `other`.
    #[must_use]
    pub fn midpoint(self, other: Self) -> Self {
        Self::new(f32::midpoint(self.x, other.x), f32::midpoint(self.y, other.y))
    }
}

/// An axis-aligned box in space `S`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rect<S: Space> {
    /// Left edge, pixels.
    pub x: f32,
    /// Top edge, pixels.
    pub y: f32,
    /// Width, pixels, not negative.
    pub width: f32,
    /// Height, pixels, not negative.
    pub height: f32,
    space: PhantomData<S>,
}

impl<S: Space> Rect<S> {
    /// The box from its top-left corner and size.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height, space: PhantomData }
    }

    /// Center of the box.
    pub fn centre(self) -> Point<S> {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Area in square pixels.
    pub fn area(self) -> f32 {
        self.width * self.height
    }

    /// Intersection over union with `other`, 0 to 1.
    pub fn overlap_ratio(self, other: Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let shared = width.max(0.0) * height.max(0.0);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

/// Rotation, uniform scale and shift from space `A` to space `B`: x' = a·x − b·y + tx, y' = b·x + a·y + ty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity<A: Space, B: Space> {
    /// scale · cos(angle).
    pub a: f32,
    /// scale · sin(angle).
    pub b: f32,
    /// Shift to the right, pixels of `B`.
    pub tx: f32,
    /// Shift down, pixels of `B`.
    pub ty: f32,
    spaces: PhantomData<(A, B)>,
}

impl<A: Space, B: Space> Similarity<A, B> {
    /// The transform with these four coefficients.
    pub const fn new(a: f32, b: f32, tx: f32, ty: f32) -> Self {
        Self { a, b, tx, ty, spaces: PhantomData }
    }

    /// The least-squares transform from the points of `from` to their counterparts in `to`; `None` if the points of
    /// `from` coincide.
    pub fn fit<const N: usize>(from: [Point<A>; N], to: [Point<B>; N]) -> Option<Self> {
        let n = N as f32;
        let (mut fx, mut fy, mut gx, mut gy) = (0.0, 0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(&to) {
            (fx, fy, gx, gy) = (fx + p.x / n, fy + p.y / n, gx + q.x / n, gy + q.y / n);
        }
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(&to) {
            let (px, py, qx, qy) = (p.x - fx, p.y - fy, q.x - gx, q.y - gy);
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            spread += px * px + py * py;
        }
        if spread <= f32::EPSILON {
            return None;
        }
        let (a, b) = (dot / spread, cross / spread);
        Some(Self::new(a, b, gx - a * fx + b * fy, gy - b * fx - a * fy))
    }

    /// Maps `point` into space `B`.
    pub fn apply(self, point: Point<A>) -> Point<B> {
        Point::new(self.a * point.x - self.b * point.y + self.tx, self.b * point.x + self.a * point.y + self.ty)
    }

    /// The inverse transform; `None` if the scale is zero.
    pub fn inverse(self) -> Option<Similarity<B, A>> {
        let square = self.a * self.a + self.b * self.b;
        if square <= f32::EPSILON {
            return None;
        }
        let (a, b) = (self.a / square, -self.b / square);
        Some(Similarity::new(a, b, b * self.ty - a * self.tx, -b * self.tx - a * self.ty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_undoes_a_fitted_transform() {
        let from = [Point::<InFrame>::new(3.0, 4.0), Point::new(30.0, 9.0), Point::new(12.0, 40.0)];
        let turn = Similarity::<InFrame, InCrop>::new(0.6, -0.8, 5.0, -2.0);
        let fitted = Similarity::fit(from, from.map(|p| turn.apply(p))).unwrap();
        let back = fitted.inverse().unwrap();
        for p in from {
            assert!(fitted.apply(p).distance(turn.apply(p)) < 1e-4);
            assert!(back.apply(fitted.apply(p)).distance(p) < 1e-4);
        }
    }

    #[test]
    fn coincident_points_have_no_fit() {
        let same = [Point::<InFrame>::new(1.0, 1.0); 3];
        assert_eq!(Similarity::<InFrame, InCrop>::fit(same, [Point::new(0.0, 0.0); 3]), None);
    }

    #[test]
    fn overlap_is_one_for_equal_and_zero_for_disjoint_boxes() {
        let r = Rect::<InFrame>::new(0.0, 0.0, 10.0, 10.0);
        assert!((r.overlap_ratio(r) - 1.0).abs() < 1e-6);
        assert!(r.overlap_ratio(Rect::new(20.0, 0.0, 5.0, 5.0)).abs() < 1e-6);
        assert!((r.overlap_ratio(Rect::new(5.0, 0.0, 10.0, 10.0)) - 1.0 / 3.0).abs() < 1e-6);
    }
}
