//! The linear algebra needed to register patches.
#![expect(clippy::indexing_slicing, reason = "every index is below the side of the matrix by construction")]

/// A square matrix, row-major.
pub(super) type Matrix<const N: usize> = [[f64; N]; N];

/// The inverse of a symmetric positive definite matrix by Cholesky decomposition; `None` if it is not (or barely)
/// definite.
pub(super) fn inverse_of_definite<const N: usize>(matrix: &Matrix<N>) -> Option<Matrix<N>> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - known;
            if i != j {
                lower[i][j] = rest / lower[j][j];
            } else if rest > matrix[i][i] * 1e-12 {
                lower[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut inverse = [[0.0; N]; N];
    for column in 0..N {
        let mut x = [0.0; N];
        for i in 0..N {
            let unit = if i == column { 1.0 } else { 0.0 };
            x[i] = (unit - (0..i).map(|k| lower[i][k] * x[k]).sum::<f64>()) / lower[i][i];
        }
        for i in (0..N).rev() {
            x[i] = (x[i] - (i + 1..N).map(|k| lower[k][i] * x[k]).sum::<f64>()) / lower[i][i];
        }
        for (row, x) in inverse.iter_mut().zip(x) {
            row[column] = x;
        }
    }
    Some(inverse)
}

/// `matrix` · `vector`.
pub(super) fn times<const N: usize>(matrix: &Matrix<N>, vector: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| matrix[i].iter().zip(vector).map(|(m, v)| m * v).sum())
}

/// A homography between views of a plane, in homogeneous coordinates; the last entry is kept at 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Homography(pub Matrix<3>);

impl Homography {
    /// The composition: `first`, then `self`.
    pub(super) fn after(self, first: Self) -> Option<Self> {
        let product: Matrix<3> =
            std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| self.0[i][k] * first.0[k][j]).sum()));
        Self(product).scaled()
    }

    /// The inverse; `None` if there is none.
    pub(super) fn inverse(self) -> Option<Self> {
        let m = &self.0;
        let minor = |r: usize, c: usize| {
            let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        Self(std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i)))).scaled()
    }

    /// Maps the point (`x`, `y`).
    pub(super) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [u, v, w] = times(&self.0, &[x, y, 1.0]);
        (u / w, v / w)
    }

    fn scaled(self) -> Option<Self> {
        let last = self.0[2][2];
        (last.abs() > 1e-9).then(|| Self(self.0.map(|row| row.map(|value| value / last))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverts_definite_matrices() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        let inverse = inverse_of_definite(&matrix).unwrap();
        let vector = [1.0, -2.0, 3.0];
        for (back, expected) in times(&matrix, &times(&inverse, &vector)).iter().zip(vector) {
            assert!((back - expected).abs() < 1e-12);
        }
        assert!(inverse_of_definite(&[[1.0, 2.0], [2.0, 4.0]]).is_none());
        assert!(inverse_of_definite(&[[f64::NAN]]).is_none());
    }

    #[test]
    fn the_inverse_undoes_a_homography() {
        let turn = Homography([[1.1, 0.1, 3.0], [-0.05, 0.9, -2.0], [0.02, -0.01, 1.0]]);
        let (x, y) = turn.inverse().and_then(|back| back.after(turn)).unwrap().apply(0.3, -0.7);
        assert!((x - 0.3).abs() < 1e-12 && (y + 0.7).abs() < 1e-12);
    }
}
