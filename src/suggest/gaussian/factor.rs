//! The triangular factor of a covariance matrix.
//!
//! All sums run over rows, element by element in one order: compilers turn that into vector instructions without changing a bit.

/// A positive definite matrix `C = Uᵀ U` of at most a few hundred rows, by `U`, and the inverse of `Uᵀ`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TriangularFactor {
    size: usize,
    upper: Vec<f64>,
    /// The lower triangle of the inverse of `Uᵀ`, row by row.
    inverse: Vec<f64>,
}

impl TriangularFactor {
    /// Factors a matrix, of which the upper triangle is read row by row; `None` if it is not positive definite.
    pub(super) fn new(size: usize, mut upper: Vec<f64>) -> Option<Self> {
        for k in 0..size {
            let pivot = upper[k * size + k];
            // Not-a-number is no pivot either.
            if pivot.is_nan() || pivot <= 0.0 {
                return None;
            }
            let root = pivot.sqrt();
            upper[k * size + k..(k + 1) * size].iter_mut().for_each(|x| *x /= root);
            let (done, rest) = upper.split_at_mut((k + 1) * size);
            let row = &done[k * size..];
            for j in k + 1..size {
                let start = (j - k - 1) * size;
                subtract(&mut rest[start + j..start + size], row[j], &row[j..]);
            }
        }
        let inverse = inverse(size, &upper);
        Some(Self { size, upper, inverse })
    }

    /// Returns the logarithm of the determinant of the matrix.
    pub(super) fn log_determinant(&self) -> f64 {
        (0..self.size).map(|k| 2.0 * libm::log(self.upper[k * self.size + k])).sum()
    }

    /// Returns `U⁻ᵀ x`, whose squares add up to `xᵀ C⁻¹ x`.
    pub(super) fn whitened(&self, x: &[f64]) -> Vec<f64> {
        let dot = |(k, row): (usize, &[f64])| row[..=k].iter().zip(x).map(|(a, b)| a * b).sum();
        self.inverse.chunks_exact(self.size).enumerate().map(dot).collect()
    }

    /// Returns `C⁻¹ x`, given `U⁻ᵀ x`.
    pub(super) fn solved(&self, whitened: &[f64]) -> Vec<f64> {
        let mut solved = vec![0.0; self.size];
        for (k, row) in self.inverse.chunks_exact(self.size).enumerate() {
            subtract(&mut solved[..=k], -whitened[k], row);
        }
        solved
    }

    /// Returns the lower triangle of `C⁻¹`, row by row.
    pub(super) fn precision(&self) -> Vec<f64> {
        let mut precision = vec![0.0; self.size * self.size];
        for (k, row) in self.inverse.chunks_exact(self.size).enumerate() {
            for i in 0..=k {
                let start = i * self.size;
                subtract(&mut precision[start..=start + i], -row[i], row);
            }
        }
        precision
    }
}

/// Subtracts a multiple of a row from another one.
fn subtract(from: &mut [f64], factor: f64, row: &[f64]) {
    from.iter_mut().zip(row).for_each(|(x, y)| *x -= factor * y);
}

/// Inverts the transposed of an upper triangle.
fn inverse(size: usize, upper: &[f64]) -> Vec<f64> {
    let mut inverse = vec![0.0; size * size];
    for k in 0..size {
        let (done, rest) = inverse.split_at_mut(k * size);
        let row = &mut rest[..=k];
        row[k] = 1.0;
        for m in 0..k {
            subtract(&mut row[..=m], upper[m * size + k], &done[m * size..]);
        }
        let pivot = upper[k * size + k];
        for x in row.iter_mut() {
            *x /= pivot;
        }
    }
    inverse
}
