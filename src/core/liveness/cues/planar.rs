//! Registers two patches of one face as if both showed a plane, and measures what remains.
//!
//! A homography is refined until one patch fits the other best (inverse compositional, with gain and bias; Baker and
//! Matthews, IJCV 2004). A photo fits except for camera noise, however its instrument is shaken; eyelids, lips, cheeks
//! and the nose of a turning head do not. What remains is measured block by block as a shift, so that neither contrast
//! nor lighting matters, along with the shift that the block's noise alone would simulate.
#![expect(clippy::indexing_slicing, reason = "every index is below the side of the template by construction")]

use super::{
    linear::{Homography, Matrix, inverse_of_definite, times},
    patch::{FacePatch, SIDE},
};

/// Side of the template, pixels: the patch without a margin in which the other patch can move.
const TEMPLATE: usize = 96;
const MARGIN: usize = (SIDE - TEMPLATE) / 2;
const HALF: f64 = TEMPLATE as f64 / 2.0;
/// Side of a block, pixels: about the size of an eye.
const BLOCK: usize = 12;
/// Blocks that count, of 8 along each side: those on the rim may contain background.
const INNER: std::ops::Range<usize> = 1..7;
/// Parameters of the fit: eight of the homography, gain, bias.
const PARAMETERS: usize = 10;
const STEPS_MAX: usize = 10;
/// The fit ends with a step that moves the corners by less than this, half template sides.
const MIN_STEP: f64 = 3e-4;
/// Regularization, so that a block without texture has no spurious solution.
const RIDGE: [f64; 4] = [0.144, 0.144, 0.144, 1e-6];
/// Two frames with a lower correlation than this do not show the same face in view, so they say nothing. No pair of
/// 2,520 genuine frames is below it, nor any of 20,000 pairs of still photos; pairs of noise images are.
const MIN_LIKENESS: f32 = 0.4;
/// Resampled noise is smooth, so it simulates more shift than its variance suggests. Measured on still photos, with and
/// without added noise.
const NOISE_SHIFT: f32 = 2.1;

/// The difference between two frames of one face. Lengths in template pixels, in which the eyes are 28.9 apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    /// How far the whole face moved as one plane: mean over a grid.
    pub(super) rigid: f32,
    /// How far its parts moved beyond that: median over the blocks.
    pub(super) other: f32,
    /// How much of `other` the noise alone would simulate.
    pub(super) noise: f32,
}

impl Change {
    /// How far the parts moved beyond what noise would simulate.
    pub(super) fn beyond_noise(&self) -> f32 {
        (self.other * self.other - self.noise * self.noise).max(0.0).sqrt()
    }
}

/// A patch prepared for registering others to it.
pub(super) struct Template {
    patch: FacePatch,
    /// The derivative of each pixel by each parameter of the fit.
    slopes: Vec<[f32; PARAMETERS]>,
    inverse: Matrix<PARAMETERS>,
    blocks: Vec<Block>,
}

struct Block {
    left: usize,
    top: usize,
    mean: f32,
    inverse: Matrix<4>,
}

impl Template {
    /// `None` if the patch has too little texture to determine its position.
    pub(super) fn new(patch: FacePatch) -> Option<Self> {
        let slopes: Vec<_> = pixels().map(|(x, y)| slopes_at(patch.pixels(), x, y)).collect();
        let inverse = inverse_of_definite(&normal_matrix(&slopes))?;
        let corners = INNER.flat_map(|row| INNER.map(move |column| (column * BLOCK, row * BLOCK)));
        let blocks = corners.map(|(left, top)| Block::new(patch.pixels(), left, top)).collect::<Option<_>>()?;
        Some(Self { patch, slopes, inverse, blocks })
    }

    /// Registers `later` to this template; `None` if the two do not fit.
    pub(super) fn change_to(&self, later: &FacePatch) -> Option<Change> {
        let view = self.fitted(later)?;
        let (mut others, mut noises) = (Vec::with_capacity(36), Vec::with_capacity(36));
        let residual = self.residual(later, view);
        if self.likeness(&residual) < MIN_LIKENESS {
            return None;
        }
        for block in &self.blocks {
            let (other, noise) = block.shift(self.patch.pixels(), &residual);
            others.push(other);
            noises.push(noise);
        }
        let change = Change {
            rigid: self.moved(later, view) as f32,
            other: median(&mut others),
            noise: NOISE_SHIFT * median(&mut noises),
        };
        (change.rigid.is_finite() && change.other.is_finite() && change.noise.is_finite()).then_some(change)
    }

    /// The homography from the template's normalized coordinates (−1 to 1) to pixels of `later`'s template area.
    fn fitted(&self, later: &FacePatch) -> Option<Homography> {
        let mut view = Homography([[HALF, 0.0, HALF], [0.0, HALF, HALF], [0.0, 0.0, 1.0]]);
        for _ in 0..STEPS_MAX {
            let mut toward = [0.0; PARAMETERS];
            let residual = self.residual(later, view);
            // Sums one row at a time in f32, which the compiler vectorizes, and the rows in f64.
            for (residual, slopes) in residual.chunks(TEMPLATE).zip(self.slopes.chunks(TEMPLATE)) {
                let mut row = [0.0; PARAMETERS];
                for (residual, slopes) in residual.iter().zip(slopes) {
                    for (sum, slope) in row.iter_mut().zip(slopes) {
                        *sum += residual * slope;
                    }
                }
                for (sum, row) in toward.iter_mut().zip(row) {
                    *sum += f64::from(row);
                }
            }
            let [a, b, c, d, e, f, g, h, _, _] = times(&self.inverse, &toward);
            let step = Homography([[1.0 + a, b, c], [d, 1.0 + e, f], [g, h, 1.0]]);
            view = view.after(step.inverse()?)?;
            if [a, b, c, d, e, f, g, h].iter().all(|part| part.abs() < MIN_STEP) {
                break;
            }
        }
        Some(view)
    }

    /// `later` seen through `view`, minus the template.
    fn residual(&self, later: &FacePatch, view: Homography) -> Vec<f32> {
        let [[a, b, c], [d, e, f], [g, h, i]] = view.0.map(|row| row.map(|entry| entry as f32));
        let (half, margin) = (HALF as f32, MARGIN as f32);
        let row = |y: usize| {
            let v = (y as f32 - half) / half;
            let (x0, y0, w0) = (b * v + c, e * v + f, h * v + i);
            (0..TEMPLATE).map(move |x| {
                let u = (x as f32 - half) / half;
                let scale = 1.0 / (g * u + w0);
                let seen = between(later.pixels(), (a * u + x0) * scale + margin, (d * u + y0) * scale + margin);
                seen - at(self.patch.pixels(), x, y)
            })
        };
        (0..TEMPLATE).flat_map(row).collect()
    }

    /// Correlation of the template with the registered patch, −1 to 1.
    fn likeness(&self, residual: &[f32]) -> f32 {
        let (mut own, mut other, mut both) = (0.0_f32, 0.0_f32, 0.0_f32);
        for ((x, y), residual) in pixels().zip(residual) {
            let template = at(self.patch.pixels(), x, y);
            let seen = template + residual;
            own += template * template;
            other += seen * seen;
            both += template * seen;
        }
        let likeness = both / (own * other).sqrt();
        if likeness.is_finite() { likeness } else { 0.0 }
    }

    /// How far a grid on the face moved in the frame, template pixels.
    fn moved(&self, later: &FacePatch, view: Homography) -> f64 {
        const GRID: [f64; 3] = [-0.6, 0.0, 0.6];
        let far = |(u, v): (f64, f64)| {
            let margin = MARGIN as f64;
            let (x, y) = self.patch.in_frame(HALF + HALF * u + margin, HALF + HALF * v + margin);
            let (x2, y2) = view.apply(u, v);
            let (x2, y2) = later.in_frame(x2 + margin, y2 + margin);
            (x2 - x).hypot(y2 - y)
        };
        let places = GRID.into_iter().flat_map(|u| GRID.into_iter().map(move |v| (u, v)));
        places.map(far).sum::<f64>() / 9.0 / self.patch.frame_px().max(1e-6)
    }
}

impl Block {
    fn new(patch: &[f32], left: usize, top: usize) -> Option<Self> {
        let mean = inside(left, top).map(|(x, y)| at(patch, x, y)).sum::<f32>() / (BLOCK * BLOCK) as f32;
        let basis: Vec<_> = inside(left, top).map(|(x, y)| basis_at(patch, mean, x, y)).collect();
        let mut matrix = normal_matrix(&basis);
        for (i, ridge) in RIDGE.iter().enumerate() {
            matrix[i][i] += ridge;
        }
        Some(Self { left, top, mean, inverse: inverse_of_definite(&matrix)? })
    }

    /// How far the block's content shifted, and the standard deviation of that due to the noise left in the block.
    fn shift(&self, patch: &[f32], residual: &[f32]) -> (f32, f32) {
        let basis = |x, y| basis_at(patch, self.mean, x, y);
        let mut toward = [0.0; 4];
        for (x, y) in inside(self.left, self.top) {
            for (sum, part) in toward.iter_mut().zip(basis(x, y)) {
                *sum += f64::from(residual[y * TEMPLATE + x] * part);
            }
        }
        let fit = times(&self.inverse, &toward);
        let rest = |(x, y): (usize, usize)| {
            let explained: f64 = basis(x, y).iter().zip(fit).map(|(part, fit)| f64::from(*part) * fit).sum();
            (f64::from(residual[y * TEMPLATE + x]) - explained).powi(2)
        };
        let variance = inside(self.left, self.top).map(rest).sum::<f64>() / (BLOCK * BLOCK) as f64;
        let noise = ((self.inverse[0][0] + self.inverse[1][1]) * variance).max(0.0).sqrt();
        (fit[0].hypot(fit[1]) as f32, noise as f32)
    }
}

fn pixels() -> impl Iterator<Item = (usize, usize)> {
    (0..TEMPLATE).flat_map(|y| (0..TEMPLATE).map(move |x| (x, y)))
}

fn inside(left: usize, top: usize) -> impl Iterator<Item = (usize, usize)> {
    (top..top + BLOCK).flat_map(move |y| (left..left + BLOCK).map(move |x| (x, y)))
}

/// The patch at a pixel of the template.
fn at(patch: &[f32], x: usize, y: usize) -> f32 {
    patch[(y + MARGIN) * SIDE + x + MARGIN]
}

/// The gradient of the patch along x and y at a pixel of the template, levels per pixel.
fn gradient_at(patch: &[f32], x: usize, y: usize) -> (f32, f32) {
    let i = (y + MARGIN) * SIDE + x + MARGIN;
    ((patch[i + 1] - patch[i - 1]) / 2.0, (patch[i + SIDE] - patch[i - SIDE]) / 2.0)
}

fn slopes_at(patch: &[f32], x: usize, y: usize) -> [f32; PARAMETERS] {
    let half = HALF as f32;
    let (u, v) = ((x as f32 - half) / half, (y as f32 - half) / half);
    let (gx, gy) = gradient_at(patch, x, y);
    let (a, b) = (gx * half, gy * half);
    let away = a * u + b * v;
    [a * u, a * v, a, b * u, b * v, b, -away * u, -away * v, at(patch, x, y), 1.0]
}

/// The basis that explains a block's residual: shift along x, shift along y, gain, bias.
fn basis_at(patch: &[f32], mean: f32, x: usize, y: usize) -> [f32; 4] {
    let (gx, gy) = gradient_at(patch, x, y);
    [gx, gy, at(patch, x, y) - mean, 1.0]
}

fn normal_matrix<const N: usize>(rows: &[[f32; N]]) -> Matrix<N> {
    let mut matrix = [[0.0; N]; N];
    for rows in rows.chunks(TEMPLATE) {
        let mut part = [[0.0; N]; N];
        for row in rows {
            for (sums, a) in part.iter_mut().zip(row) {
                for (sum, b) in sums.iter_mut().zip(row) {
                    *sum += a * b;
                }
            }
        }
        for (sums, part) in matrix.iter_mut().flatten().zip(part.iter().flatten()) {
            *sums += f64::from(*part);
        }
    }
    matrix
}

/// The patch interpolated at (`x`, `y`). Outside the patch the edge pixels repeat.
fn between(patch: &[f32], x: f32, y: f32) -> f32 {
    let end = (SIDE - 1) as f32;
    // NaN stays NaN when clamped, and casts to index 0.
    let (x, y) = (x.clamp(0.0, end), y.clamp(0.0, end));
    let (x0, y0) = ((x as usize).min(SIDE - 2), (y as usize).min(SIDE - 2));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let i = y0 * SIDE + x0;
    let across = |i: usize| patch[i] + (patch[i + 1] - patch[i]) * fx;
    let (near, far) = (across(i), across(i + SIDE));
    near + (far - near) * fy
}

/// The middle value, or the mean of the two middle values; 0 if there are none.
pub(super) fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f32::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}
