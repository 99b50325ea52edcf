//! Symmetric positive definite systems of a few equations, by Cholesky's factor (Numerical Recipes, 3rd ed., section 2.9).

/// The lower triangular L with L Lᵀ = A.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    factor: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factors a symmetric matrix, of which it reads the lower triangle. None where the matrix is not positive definite, or
    /// where rounding could be the only reason that it is.
    pub fn new(matrix: &[Vec<f64>]) -> Option<Self> {
        let mut factor = vec![vec![0.0; matrix.len()]; matrix.len()];
        for i in 0..matrix.len() {
            for j in 0..=i {
                let rest = matrix[i][j] - (0..j).map(|m| factor[i][m] * factor[j][m]).sum::<f64>();
                if i != j {
                    factor[i][j] = rest / factor[j][j];
                } else if rest > 1e-14 * matrix[i][i].abs() {
                    factor[i][i] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { factor })
    }

    /// L times a vector: of independent standard normal numbers it makes numbers with covariance A.
    pub fn lower_times(&self, vector: &[f64]) -> Vec<f64> {
        self.factor.iter().map(|row| row.iter().zip(vector).map(|(l, v)| l * v).sum()).collect()
    }

    /// The x with A x = `right`: forward through L, backward through Lᵀ.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let (l, mut x) = (&self.factor, right.to_vec());
        for i in 0..x.len() {
            x[i] = (x[i] - (0..i).map(|j| l[i][j] * x[j]).sum::<f64>()) / l[i][i];
        }
        for i in (0..x.len()).rev() {
            x[i] = (x[i] - (i + 1..x.len()).map(|j| l[j][i] * x[j]).sum::<f64>()) / l[i][i];
        }
        x
    }

    /// The inverse of A, symmetric to the last bit.
    pub fn inverse(&self) -> Vec<Vec<f64>> {
        let n = self.factor.len();
        let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (0..n).map(|i| self.solve(&unit(i))).collect();
        (0..n).map(|i| (0..n).map(|j| 0.5 * (columns[i][j] + columns[j][i])).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let matrix = vec![vec![4.0, 2.0, 0.6], vec![2.0, 5.0, 1.0], vec![0.6, 1.0, 3.0]];
        let cholesky = Cholesky::new(&matrix).unwrap();
        let x = cholesky.solve(&[1.0, -2.0, 3.0]);
        for (row, right) in matrix.iter().zip([1.0, -2.0, 3.0]) {
            assert!((row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() - right).abs() < 1e-14);
        }
        let inverse = cholesky.inverse();
        for (i, row) in matrix.iter().enumerate() {
            for j in 0..3 {
                let product: f64 = row.iter().zip(&inverse).map(|(a, column)| a * column[j]).sum();
                assert!((product - if i == j { 1.0 } else { 0.0 }).abs() < 1e-14);
            }
        }
        assert_eq!(inverse[0][2], inverse[2][0]);
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        for matrix in [
            [[1.0, 2.0], [2.0, 1.0]],
            [[1.0, 1.0], [1.0, 1.0]],
            [[-1.0, 0.0], [0.0, 1.0]],
            [[f64::NAN, 0.0], [0.0, 1.0]],
        ] {
            assert_eq!(Cholesky::new(&matrix.map(Vec::from)), None, "{matrix:?}");
        }
    }
}
