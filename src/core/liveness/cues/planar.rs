//! Two patches of one face laid over each other as if both showed one plane, and what is then left over.
//!
//! A homography is refined until one patch fits the other best (inverse compositional, with gain and bias; Baker and
//! Matthews, IJCV 2004). A photo fits but for the camera's noise, however its instrument is shaken; eyelids, lips, cheeks and the
//! nose of a head that turns do not. What is left over is measured block by block as a shift, so that neither contrast nor
//! light counts, beside the shift that the noise of the block alone would feign.
#![expect(clippy::indexing_slicing, reason = "every index is below the side of the template by construction")]

use super::{
    linear::{Homography, Matrix, inverse_of_definite, times},
    patch::{FacePatch, SIDE},
};

/// Side of the template, pixels: the patch without a margin for the other patch to move in.
const TEMPLATE: usize = 96;
const MARGIN: usize = (SIDE - TEMPLATE) / 2;
const HALF: f64 = TEMPLATE as f64 / 2.0;
/// Side of a block, pixels: about an eye.
const BLOCK: usize = 12;
/// Blocks that count, of 8 along each side: those on the rim may hold background.
const INNER: std::ops::Range<usize> = 1..7;
/// Parameters of the fit: eight of a homography, gain, bias.
const PARAMETERS: usize = 10;
const STEPS_MAX: usize = 10;
/// A step that moves the corners by less, half template sides, ends the fit.
const MIN_STEP: f64 = 3e-4;
/// What keeps a block without texture from being solved by accident.
const RIDGE: [f64; 4] = [0.144, 0.144, 0.144, 1e-6];
/// Two looks less alike than this do not show the same face in view: nothing is to be learnt from them. Of 2,520 pairs of
/// genuine looks none is, of 20,000 of still photos neither; pictures of noise are.
const MIN_LIKENESS: f32 = 0.4;
/// Noise is smooth after resampling, so that it feigns more shift than its variance says: measured on still photos, with
/// and without noise added.
const NOISE_SHIFT: f32 = 2.1;

/// What differs between two looks at one face. Lengths in template pixels, of which the eyes are 28.9 apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    /// How far the whole face moved between them as one plane: mean over a grid.
    pub(super) rigid: f32,
    /// How far its parts moved otherwise: median over the blocks.
    pub(super) other: f32,
    /// How much of `other` the noise alone would feign.
    pub(super) noise: f32,
}

impl Change {
    /// How far the parts moved beyond what noise feigns.
    pub(super) fn beyond_noise(&self) -> f32 {
        (self.other * self.other - self.noise * self.noise).max(0.0).sqrt()
    }
}

/// A patch made ready to lay others over it.
pub(super) struct Template {
    patch: FacePatch,
    /// What each parameter of the fit changes at each pixel.
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
    /// `None` where the patch has too little texture to tell how it lies.
    pub(super) fn new(patch: FacePatch) -> Option<Self> {
        let slopes: Vec<_> = pixels().map(|(x, y)| slopes_at(patch.pixels(), x, y)).collect();
        let inverse = inverse_of_definite(&normal_matrix(&slopes))?;
        let corners = INNER.flat_map(|row| INNER.map(move |column| (column * BLOCK, row * BLOCK)));
        let blocks = corners.map(|(left, top)| Block::new(patch.pixels(), left, top)).collect::<Option<_>>()?;
        Some(Self { patch, slopes, inverse, blocks })
    }

    /// Lays `later` over it; `None` where the two will not fit.
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

    /// The homography from the template's normalised coordinates (−1 to 1) to pixels of `later`'s template area.
    fn fitted(&self, later: &FacePatch) -> Option<Homography> {
        let mut view = Homography([[HALF, 0.0, HALF], [0.0, HALF, HALF], [0.0, 0.0, 1.0]]);
        for _ in 0..STEPS_MAX {
            let mut toward = [0.0; PARAMETERS];
            let residual = self.residual(later, view);
            // A row at a time in f32, which the compiler does several numbers at once; the rows in f64.
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

    /// `later` seen through `view`, less the template.
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

    /// Correlation of the template with what was laid over it, −1 to 1.
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

    /// How far the block's content is shifted, and the standard deviation of that by the noise left in the block.
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

/// The slopes of the patch along x and y at a pixel of the template, levels a pixel.
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

/// What a block's residual is explained by: a shift along x, along y, gain, bias.
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

/// The patch between its pixels; beyond its edge there is more of the edge.
fn between(patch: &[f32], x: f32, y: f32) -> f32 {
    let end = (SIDE - 1) as f32;
    // A coordinate that is no number is clamped to none, and read as the first pixel.
    let (x, y) = (x.clamp(0.0, end), y.clamp(0.0, end));
    let (x0, y0) = ((x as usize).min(SIDE - 2), (y as usize).min(SIDE - 2));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let i = y0 * SIDE + x0;
    let across = |i: usize| patch[i] + (patch[i + 1] - patch[i]) * fx;
    let (near, far) = (across(i), across(i + SIDE));
    near + (far - near) * fy
}

/// The middle value, or the mean of both middle ones; 0 of nothing.
pub(super) fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f32::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}
