//! A book of contracts over the years: new business, renewals and losses.

use super::Renewal;
use crate::domain::math::sum::Sum;
use crate::domain::support::error::{Error, Kind, Result, reserve};

/// The most years of one projection.
pub const MAX_YEARS: u32 = 10_000;

/// Who renews.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Renewals {
    /// The same share of every cohort in every year.
    Rate(f64),
    /// A share that rises with the age of a cohort, as the model has it.
    Model(Renewal),
}

impl Renewals {
    /// The same share every year.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it lies between 0 and 1.
    pub fn rate(rate: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&rate) {
            return Ok(Renewals::Rate(rate));
        }
        Err(Error::new(Kind::InvalidParameter, format!("renewal_rate out of range: {rate}"))
            .detail("renewal_rate must lie between 0 and 1, such as 0.85."))
    }

    /// The share of a cohort that is there after so many renewals.
    fn survival(self, renewals: u32) -> f64 {
        match self {
            Renewals::Rate(rate) => rate.powi(renewals as i32),
            Renewals::Model(model) => model.survival(renewals),
        }
    }
}

/// One year of the book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjectedYear {
    /// From 1.
    pub year: u32,
    /// What comes anew at the start of the year.
    pub new_business: f64,
    /// Carried over from the year before: the survivors of all earlier cohorts.
    pub renewed: f64,
    /// Lost: the total of the year before less the renewed part.
    pub lost_renewals: f64,
    /// New business and renewals.
    pub total: f64,
    /// total / the total of the year before − 1. None in the first year, and after a year without business.
    pub growth: Option<f64>,
}

/// Projects a book that starts from nothing and gets the same new business at the start of every year: in year t it holds
/// new · Σ S(k) over k from 0 to t − 1.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless `new_per_year` is 0 or more and finite, and `years` at least 1;
/// [`Kind::LimitExceeded`] beyond [`MAX_YEARS`]; [`Kind::NumericOutOfRange`] where a total is; [`Kind::OutOfMemory`].
pub fn project(new_per_year: f64, renewals: Renewals, years: i32) -> Result<Vec<ProjectedYear>> {
    if !(0.0..f64::INFINITY).contains(&new_per_year) {
        return Err(Error::new(Kind::InvalidParameter, format!("new_per_year out of range: {new_per_year}"))
            .detail("new_per_year is the new business of a year, 0 or more."));
    }
    let Some(years) = u32::try_from(years).ok().filter(|&years| years > 0) else {
        return Err(Error::new(Kind::InvalidParameter, format!("years out of range: {years}"))
            .detail("years must be at least 1."));
    };
    if years > MAX_YEARS {
        return Err(Error::new(Kind::LimitExceeded, format!("too many years: {years}"))
            .detail(format!("There may be {MAX_YEARS}.")));
    }
    // Of two zeros the one without a sign.
    let new_per_year = new_per_year + 0.0;
    let mut book: Vec<ProjectedYear> = Vec::new();
    reserve(&mut book, years as usize)?;
    let mut surviving = Sum::default();
    for year in 1..=years {
        if year > 1 {
            surviving.add(renewals.survival(year - 1));
        }
        let renewed = new_per_year * surviving.value();
        let total = new_per_year + renewed;
        if !total.is_finite() {
            return Err(Error::new(Kind::NumericOutOfRange, format!("the total of year {year} is out of range")));
        }
        let before = book.last().map_or(0.0, |before| before.total);
        book.push(ProjectedYear {
            year,
            new_business: new_per_year,
            renewed,
            // Rounding may make nothing a little less than nothing.
            lost_renewals: (before - renewed).max(0.0),
            total,
            growth: (before > 0.0).then(|| total / before - 1.0),
        });
    }
    Ok(book)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[track_caller]
    fn near(what: &str, got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-12 * want.abs().max(1.0), "{what}: {got:e} instead of {want:e}");
    }

    #[test]
    fn agrees_with_the_golden_books() {
        let golden: Value = serde_json::from_str(include_str!("../../../../tests/data/sbg_reference.json")).unwrap();
        let params = &golden["high_end"]["params"];
        let parameter = |name: &str| params[name].as_str().unwrap().parse().unwrap();
        let model = Renewal { alpha: parameter("alpha"), beta: parameter("beta") };
        for (name, renewals) in [("constant_85", Renewals::Rate(0.85)), ("sbg_high_end", Renewals::Model(model))] {
            let reference = golden["book_growth"][name].as_array().unwrap();
            let book = project(1e5, renewals, reference.len() as i32).unwrap();
            assert_eq!(book.len(), 15);
            for (year, want) in book.iter().zip(reference) {
                assert_eq!(want["year"].as_u64(), Some(year.year.into()));
                near("new", year.new_business, want["new"].as_f64().unwrap());
                near("carried_over", year.renewed, want["carried_over"].as_f64().unwrap());
                near("lost", year.lost_renewals, want["lost"].as_f64().unwrap());
                near("total", year.total, want["total"].as_f64().unwrap());
                assert_eq!(year.growth.is_none(), want["growth_percent"].is_null());
                if let (Some(growth), Some(want)) = (year.growth, want["growth_percent"].as_f64()) {
                    near("growth", 100.0 * growth, want);
                }
            }
        }
        let steady = golden["book_growth"]["constant_steady_state_total"].as_f64().unwrap();
        near("steady state", project(1e5, Renewals::Rate(0.85), 1000).unwrap()[999].total, steady);
    }

    #[test]
    fn edges_and_refusals() {
        let all = project(10.0, Renewals::Rate(1.0), 3).unwrap();
        assert_eq!(
            all.iter().map(|y| (y.total, y.lost_renewals)).collect::<Vec<_>>(),
            [(10.0, 0.0), (20.0, 0.0), (30.0, 0.0)]
        );
        let none = project(10.0, Renewals::Rate(0.0), 3).unwrap();
        assert_eq!(
            none.iter().map(|y| (y.total, y.lost_renewals)).collect::<Vec<_>>(),
            [(10.0, 0.0), (10.0, 10.0), (10.0, 10.0)]
        );
        assert!(project(0.0, Renewals::Rate(0.5), 3).unwrap().iter().all(|y| y.total == 0.0 && y.growth.is_none()));
        for rate in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Renewals::rate(rate).unwrap_err().kind, Kind::InvalidParameter);
        }
        let refused = |new, years| project(new, Renewals::Rate(0.85), years).unwrap_err().kind;
        for new in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(refused(new, 3), Kind::InvalidParameter);
        }
        assert_eq!((refused(1.0, 0), refused(1.0, -1)), (Kind::InvalidParameter, Kind::InvalidParameter));
        assert_eq!(refused(1.0, MAX_YEARS as i32 + 1), Kind::LimitExceeded);
        assert_eq!(refused(f64::MAX, 3), Kind::NumericOutOfRange);
        assert_eq!(project(1.0, Renewals::Rate(0.85), MAX_YEARS as i32).unwrap().len(), MAX_YEARS as usize);
    }

    proptest! {
        #[test]
        fn a_book_balances(new in 0.0..1e9, rate in 0.0..=1.0, alpha in 0.01..100.0, beta in 0.01..100.0, years in 1..60) {
            for renewals in [Renewals::Rate(rate), Renewals::Model(Renewal { alpha, beta })] {
                let book = project(new, renewals, years).unwrap();
                prop_assert_eq!(book.len(), years as usize);
                let mut before = 0.0;
                for year in book {
                    let scale = 1e-12 * (year.total + 1.0);
                    prop_assert!((year.total - year.new_business - year.renewed).abs() <= scale);
                    prop_assert!((before - year.renewed - year.lost_renewals).abs() <= scale);
                    // At a constant rate: the same share of the whole book, whatever its age.
                    if let Renewals::Rate(rate) = renewals {
                        prop_assert!((year.renewed - rate * before).abs() <= scale);
                    }
                    before = year.total;
                }
            }
        }
    }
}
