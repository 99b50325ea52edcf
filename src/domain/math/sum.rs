//! Sums of floating-point numbers whose error does not grow with their number.

/// A compensated sum: the error of the result is some two units in the last place of the sum of the magnitudes,
/// however many numbers there are (Neumaier, Zeitschrift für angewandte Mathematik und Mechanik 54, 1974).
///
/// The last bits still depend on the order: a caller that needs the same bits adds in a fixed order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum so far; infinite or NaN where a plain sum is.
    pub fn value(self) -> f64 {
        // Beyond infinity the compensation is ∞ − ∞.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = Sum::default();
        values.iter().for_each(|&value| sum.add(value));
        sum.value()
    }

    #[test]
    fn keeps_what_a_plain_sum_loses() {
        assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum(&vec![0.1; 10_000_000]), 1e6);
        assert_eq!(sum(&[]), 0.0);
    }

    #[test]
    fn what_is_not_finite_stays_so() {
        assert_eq!(sum(&[1.0, f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert!(sum(&[f64::NAN, 1.0]).is_nan());
    }
}
