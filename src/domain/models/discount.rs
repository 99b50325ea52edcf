//! Discount rates: money is worth less the later it comes.

use crate::domain::support::error::{Error, Kind, Result};

/// The days in a year by which annual rates become rates per unit of time: a Gregorian year's mean.
const DAYS_PER_YEAR: f64 = 365.2425;

/// Checks a discount rate; `example` is one, in words.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is finite and not negative.
pub fn check_discount(rate: f64, example: &str) -> Result<f64> {
    if rate >= 0.0 && rate.is_finite() {
        return Ok(rate);
    }
    Err(Error::new(Kind::InvalidParameter, format!("discount rate out of range: {rate}"))
        .detail(format!("A discount rate must be a finite number that is not negative, such as {example}.")))
}

/// The continuous rate, per unit of so many days, of an annual discount rate: ln(1 + rate) / units in a year.
///
/// # Errors
/// As [`check_discount`].
pub fn continuous(annual_rate: f64, days_per_unit: f64) -> Result<f64> {
    check_discount(annual_rate, "0.1 for 10 % a year")?;
    Ok(annual_rate.ln_1p() / DAYS_PER_YEAR * days_per_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_a_year_of_units_the_annual_rate_comes_out() {
        for (annual, days) in [(0.1, 1.0), (0.1, 7.0), (2.5, 30.0), (0.0, 7.0)] {
            let rate = continuous(annual, days).unwrap();
            assert!(((rate * DAYS_PER_YEAR / days).exp() - (1.0 + annual)).abs() < 1e-12, "{annual} {days}");
        }
    }

    #[test]
    fn what_is_no_discount_is_refused() {
        for rate in [-0.1, f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(continuous(rate, 7.0).unwrap_err().kind, Kind::InvalidParameter);
        }
    }
}
