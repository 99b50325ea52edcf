//! Money: exact counts of 1/10000 of the currency unit, the precision of `numeric(19,4)`.

use std::fmt;

use crate::domain::support::error::{Error, Kind, Result, shorten};

/// How many of the units of this module make one unit of the currency.
pub const SCALE: i64 = 10_000;

/// The amount of one purchase or, if negative, of one refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

/// A sum of amounts. No sum over what fits one history can overflow it.
pub type Total = i128;

impl Amount {
    /// The amount of so many 1/10000.
    ///
    /// # Errors
    /// [`Kind::NumericOutOfRange`] beyond what 64 bits hold, ±922,337,203,685,477.5807.
    pub fn from_units(units: Option<i128>, shown: impl FnOnce() -> String) -> Result<Self> {
        match units.map(i64::try_from) {
            Some(Ok(units)) => Ok(Amount(units)),
            _ => Err(Error::new(Kind::NumericOutOfRange, format!("amount out of range: {}", shorten(&shown())))
                .detail("An amount must lie between -922337203685477.5808 and 922337203685477.5807.")),
        }
    }

    /// Whether this is a refund: it lowers spend, but is no purchase.
    pub const fn is_refund(self) -> bool {
        self.0 < 0
    }

    /// Reads a decimal number with at most four decimals, such as `-12.5`.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for a text of another form, [`Kind::NumericOutOfRange`] for an amount that does not fit.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(Kind::InvalidText, format!("invalid amount: \"{}\"", shorten(text)))
                .detail("Expected a decimal number with at most four decimals, such as 29.33 or -5.")
        };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let has_bare_point = digits.contains('.') && decimals.is_empty();
        if whole.is_empty() || has_bare_point || decimals.len() > 4 || !is_number(whole) || !is_number(decimals) {
            return Err(malformed());
        }
        let units = format!("{whole}{decimals:0<4}").parse::<i128>().ok();
        Self::from_units(units.map(|units| if negative { -units } else { units }), || text.to_owned())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (whole, decimals) = (magnitude / SCALE as u64, magnitude % SCALE as u64);
        let sign = if self.is_refund() { "-" } else { "" };
        if decimals == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{decimals:04}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_round_trips(units: i64) {
            prop_assert_eq!(Amount::parse(&Amount(units).to_string()).unwrap(), Amount(units));
        }
    }

    #[test]
    fn shows_no_needless_digits() {
        for (units, text) in [(0, "0"), (293_300, "29.33"), (-50_000, "-5"), (-1, "-0.0001")] {
            assert_eq!(Amount(units).to_string(), text);
        }
        assert_eq!(Amount(i64::MIN).to_string(), "-922337203685477.5808");
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        for text in ["", "-", ".", "1.", ".5", "1.23456", "1e3", "+1", "--1", "NaN", "1,5", " 1", "١"] {
            assert_eq!(Amount::parse(text).unwrap_err().kind, Kind::InvalidText, "{text}");
        }
        for text in ["922337203685477.5808", "-922337203685477.5809", &"9".repeat(60)] {
            assert_eq!(Amount::parse(text).unwrap_err().kind, Kind::NumericOutOfRange, "{text}");
        }
    }
}
