//! What was to be expected of customers by what is known of them: ordinary least squares, with an intercept.
//!
//! The columns are made orthonormal one after the other (modified Gram-Schmidt, each twice, which keeps them orthogonal to rounding:
//! Giraud, Langou and Rozložník, "The loss of orthogonality in the Gram-Schmidt orthogonalization process", Computers & Mathematics with
//! Applications 50, 2005). A column that the ones before it explain up to rounding is dropped.

use crate::domain::support::error::{Result, reserve};
use crate::domain::support::interrupt::asking;

/// The share of a column's length that must be left after the earlier columns have explained what they can.
const NOTHING_NEW: f64 = 1e-9;

/// Orthonormal columns that span the intercept and the columns of the regression.
#[derive(Debug)]
pub struct Regression {
    basis: Vec<Vec<f64>>,
}

impl Regression {
    /// On these columns, each of so many rows. Columns whose numbers are not finite are dropped.
    ///
    /// # Errors
    /// Where memory ends.
    pub fn on(columns: &[Vec<f64>], rows: usize) -> Result<Self> {
        let mut regression = Regression { basis: Vec::new() };
        regression.take(copy(&[], rows, 1.0)?);
        for column in columns {
            // As a share of its largest number, of which the squares are within a float.
            let largest = column.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
            if column.len() == rows && largest > 0.0 && column.iter().all(|value| value.is_finite()) {
                regression.take(copy(column, rows, 1.0 / largest)?);
            }
        }
        Ok(regression)
    }

    /// Adds a column to the basis, unless there is nothing new in it.
    fn take(&mut self, mut column: Vec<f64>) {
        let before = length(&column);
        for _ in 0..2 {
            for unit in &self.basis {
                let along = dot(unit, &column);
                asking(column.iter_mut().zip(unit)).for_each(|(value, unit)| *value -= along * unit);
            }
        }
        let left = length(&column);
        if left > NOTHING_NEW * before {
            asking(column.iter_mut()).for_each(|value| *value /= left);
            self.basis.push(column);
        }
    }

    /// How many columns explain something, with the intercept.
    #[cfg(test)]
    pub fn rank(&self) -> usize {
        self.basis.len()
    }

    /// What is expected of each row, given the outcomes.
    ///
    /// # Errors
    /// Where memory ends.
    pub fn fitted(&self, outcomes: &[f64]) -> Result<Vec<f64>> {
        let mut fitted = copy(&[], outcomes.len(), 0.0)?;
        for unit in &self.basis {
            let along = dot(unit, outcomes);
            asking(fitted.iter_mut().zip(unit)).for_each(|(value, unit)| *value += along * unit);
        }
        Ok(fitted)
    }
}

/// The column times a factor; where it is empty, a column of the factor.
fn copy(column: &[f64], rows: usize, factor: f64) -> Result<Vec<f64>> {
    let mut copied = Vec::new();
    reserve(&mut copied, rows)?;
    match column.is_empty() {
        true => copied.resize(rows, factor),
        false => copied.extend(column.iter().map(|value| value * factor)),
    }
    Ok(copied)
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    asking(one.iter().zip(other)).map(|(one, other)| one * other).sum()
}

fn length(column: &[f64]) -> f64 {
    dot(column, column).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fitted(columns: &[Vec<f64>], outcomes: &[f64]) -> Vec<f64> {
        Regression::on(columns, outcomes.len()).unwrap().fitted(outcomes).unwrap()
    }

    fn near(got: &[f64], want: &[f64], tolerance: f64) {
        assert!(got.iter().zip(want).all(|(got, want)| (got - want).abs() <= tolerance), "{got:?} instead of {want:?}");
    }

    /// Longley's data (Journal of the American Statistical Association 62, 1967), whose columns are nearly collinear; the residuals are
    /// those certified by NIST's Statistical Reference Datasets.
    #[test]
    fn residuals_are_those_of_longley() {
        let rows: [[f64; 7]; 16] = [
            [60323., 83.0, 234289., 2356., 1590., 107608., 1947.],
            [61122., 88.5, 259426., 2325., 1456., 108632., 1948.],
            [60171., 88.2, 258054., 3682., 1616., 109773., 1949.],
            [61187., 89.5, 284599., 3351., 1650., 110929., 1950.],
            [63221., 96.2, 328975., 2099., 3099., 112075., 1951.],
            [63639., 98.1, 346999., 1932., 3594., 113270., 1952.],
            [64989., 99.0, 365385., 1870., 3547., 115094., 1953.],
            [63761., 100.0, 363112., 3578., 3350., 116219., 1954.],
            [66019., 101.2, 397469., 2904., 3048., 117388., 1955.],
            [67857., 104.6, 419180., 2822., 2857., 118734., 1956.],
            [68169., 108.4, 442769., 2936., 2798., 120445., 1957.],
            [66513., 110.8, 444546., 4681., 2637., 121950., 1958.],
            [68655., 112.6, 482704., 3813., 2552., 123366., 1959.],
            [69564., 114.2, 502601., 3931., 2514., 125368., 1960.],
            [69331., 115.7, 518173., 4806., 2572., 127852., 1961.],
            [70551., 116.9, 554894., 4007., 2827., 130081., 1962.],
        ];
        let column = |number: usize| rows.iter().map(|row| row[number]).collect::<Vec<f64>>();
        let (outcomes, columns) = (column(0), (1..7).map(column).collect::<Vec<_>>());
        assert_eq!(Regression::on(&columns, 16).unwrap().rank(), 7);
        let squares: f64 =
            outcomes.iter().zip(fitted(&columns, &outcomes)).map(|(outcome, fitted)| (outcome - fitted).powi(2)).sum();
        // NIST: residual sum of squares 836424.055505915.
        assert!((squares / 836_424.055_505_915 - 1.0).abs() < 1e-8, "{squares}");
    }

    #[test]
    fn a_line_is_found_and_columns_without_news_are_dropped() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 + 2.0 * x).collect();
        near(&fitted(std::slice::from_ref(&x), &y), &y, 1e-9);
        let twice: Vec<f64> = x.iter().map(|x| 7.0 - 4e9 * x).collect();
        let columns = [vec![5.0; 20], x.clone(), twice, vec![0.0; 20], vec![f64::NAN; 20], vec![1e300; 20], vec![]];
        let regression = Regression::on(&columns, 20).unwrap();
        assert_eq!(regression.rank(), 2);
        near(&regression.fitted(&y).unwrap(), &y, 1e-9);
        near(&fitted(&[], &y), &[22.0; 20], 1e-9);
        near(&fitted(&[vec![]], &[]), &[], 0.0);
        assert_eq!(Regression::on(&[vec![9.0]], 1).unwrap().fitted(&[4.0]).unwrap(), [4.0]);
    }

    proptest! {
        /// Residuals are orthogonal to the intercept and to every column: the definition of least squares.
        #[test]
        fn nothing_is_left_along_any_column(
            rows in prop::collection::vec([-1e3f64..1e3, -1e6f64..1e6, 0f64..1.0, -1e3f64..1e3], 2..60)
        ) {
            let column = |number: usize| rows.iter().map(|row| row[number]).collect::<Vec<f64>>();
            let (columns, y) = ([column(0), column(1), column(2)], column(3));
            let left: Vec<f64> = y.iter().zip(fitted(&columns, &y)).map(|(y, fitted)| y - fitted).collect();
            for x in columns.iter().chain([&vec![1.0; rows.len()]]) {
                prop_assert!(dot(x, &left).abs() <= 1e-9 * length(x) * length(&y).max(1.0));
            }
        }
    }
}
