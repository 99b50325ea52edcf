//! Whether the groups are as large as the lot should have made them.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::count;
use crate::domain::support::error::{Error, Kind, Result};

/// How likely groups are at least so far from the share that the lot gives to the treated group, in the same direction, doubled; at most 1. A p-value
/// below 0.001 says that customers were lost, added or moved after the lot (Fabijan et al., "Diagnosing sample ratio mismatch in online
/// controlled experiments", KDD 2019). Exact binomial. None without customers.
///
/// # Errors
/// [`Kind::InvalidParameter`] for a negative number, and a share that does not lie between 0 and 1.
pub fn sample_ratio_p_value(treated: i64, control: i64, treated_share: f64) -> Result<Option<f64>> {
    count("treated", treated)?;
    count("control", control)?;
    if !(treated_share > 0.0 && treated_share < 1.0) {
        return Err(Error::new(Kind::InvalidParameter, format!("treated_share out of range: {treated_share}"))
            .detail("treated_share must lie strictly between 0 and 1.")
            .hint("With a control group of a tenth it is 0.9."));
    }
    let (treated, control) = (treated as u64, control as u64);
    if treated + control == 0 {
        return Ok(None);
    }
    let Ok(counts) = Binomial::new(treated_share, treated + control) else { return Ok(None) };
    let up_to = counts.cdf(treated);
    let from = if treated == 0 { 1.0 } else { counts.sf(treated - 1) };
    Ok(Some((2.0 * up_to.min(from)).clamp(0.0, 1.0)))
}
