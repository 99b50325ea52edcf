//! Dates and money as people of a language and country write them. What they write comes from the locales of glibc, by the crates
//! `chrono` and `pure-rust-locales`.

use std::fmt::Write;

use chrono::format::{Fixed, Item, StrftimeItems};
use chrono::{DateTime, Locale};
use pure_rust_locales::locale_match;

use crate::domain::history::money::Amount;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::UNIX_TO_EPOCH;

/// The locale of customers whose own is not known, unless the payload says another.
pub const USUAL: &str = "en_US";

/// The longest text that says how a date is written.
const LONGEST_FORMAT: usize = 200;

/// The currencies without a smaller unit (ISO 4217).
const WITHOUT_CENTS: [&str; 16] =
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];

/// Countries of languages that are not called like their country: `sv` alone is Swedish as in Sweden.
const COUNTRIES: [(&str, &str); 14] = [
    ("en", "US"),
    ("sv", "SE"),
    ("da", "DK"),
    ("cs", "CZ"),
    ("ja", "JP"),
    ("ko", "KR"),
    ("zh", "CN"),
    ("uk", "UA"),
    ("el", "GR"),
    ("et", "EE"),
    ("sl", "SI"),
    ("nb", "NO"),
    ("he", "IL"),
    ("hi", "IN"),
];

/// The locale of this name, such as `de_AT`, `de-AT`, `de` or `de_AT.UTF-8`. None if there is no such one.
pub fn known(name: &str) -> Option<Locale> {
    let bare = name.trim().split(['.', '@']).next().unwrap_or_default().replace('-', "_");
    let (language, country) = match bare.split_once('_') {
        Some((language, country)) => (language.to_ascii_lowercase(), country.to_ascii_uppercase()),
        None => {
            let language = bare.to_ascii_lowercase();
            let country = COUNTRIES.iter().find(|(of, _)| *of == language);
            let country = country.map_or_else(|| language.to_ascii_uppercase(), |(_, country)| (*country).to_owned());
            (language, country)
        }
    };
    Locale::try_from(format!("{language}_{country}").as_str()).ok()
}

/// The locale of this name.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn locale(name: &str) -> Result<Locale> {
    known(name).ok_or_else(|| {
        Error::new(Kind::InvalidParameter, format!("there is no locale \"{}\"", shorten(name)))
            .hint("A locale is a language and a country, such as de_AT, en_GB or pt_BR.")
    })
}

/// How dates are written, as `strftime` says it: `%e %B %Y`.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn date_format(format: &str, locale: Locale) -> Result<Vec<Item<'_>>> {
    let refuse = |why: &str| {
        Error::new(Kind::InvalidParameter, format!("\"{}\" {why}", shorten(format)))
            .hint("Write it as for strftime: \"%e %B %Y\" for 5 March 2024, \"%x\" for the short form of the locale.")
    };
    if format.len() > LONGEST_FORMAT {
        return Err(refuse("is too long for the form of a date"));
    }
    let items: Vec<Item<'_>> = StrftimeItems::new_with_locale(format, locale).collect();
    let is_of_zone = |item: &Item<'_>| match item {
        Item::Fixed(fixed) => !matches!(
            fixed,
            Fixed::ShortMonthName
                | Fixed::LongMonthName
                | Fixed::ShortWeekdayName
                | Fixed::LongWeekdayName
                | Fixed::LowerAmPm
                | Fixed::UpperAmPm
                | Fixed::Nanosecond
                | Fixed::Nanosecond3
                | Fixed::Nanosecond6
                | Fixed::Nanosecond9
        ),
        _ => false,
    };
    if items.iter().any(|item| matches!(item, Item::Error)) {
        return Err(refuse("is no form of a date"));
    }
    if items.iter().any(is_of_zone) {
        return Err(refuse("asks for a time zone, and the time is that of the customer's clocks"));
    }
    Ok(items)
}

/// A local time, in microseconds since 2000, in this form.
///
/// # Errors
/// [`Kind::InvalidParameter`] for a form that is none, [`Kind::DatetimeOutOfRange`].
pub fn date(local: i64, format: &str, locale: Locale) -> Result<String> {
    let items = date_format(format, locale)?;
    let out_of_range = || Error::new(Kind::DatetimeOutOfRange, "this time cannot be written as a date");
    let at = local.checked_add(UNIX_TO_EPOCH).and_then(DateTime::from_timestamp_micros).ok_or_else(out_of_range)?;
    let mut text = String::new();
    write!(text, "{}", at.format_localized_with_items(items.iter(), locale)).map_err(|_| out_of_range())?;
    Ok(text)
}

/// An amount of money in this currency (ISO 4217): with the sign of the currency where it is that of the country, and its code elsewhere.
pub fn money(amount: Amount, currency: &str, locale: Locale) -> String {
    let own = locale_match!(locale => LC_MONETARY::INT_CURR_SYMBOL).trim();
    let currency = currency.trim().to_uppercase();
    let digits = if WITHOUT_CENTS.contains(&currency.as_str()) { 0 } else { 2 };
    let unit = 10i128.pow(4 - digits);
    // To the nearest, halves away from zero.
    let of_least = (i128::from(amount.0).abs() + unit / 2) / unit;
    let (whole, rest) = (of_least / 10i128.pow(digits), of_least % 10i128.pow(digits));
    let mut number = grouped(
        &whole.to_string(),
        locale_match!(locale => LC_MONETARY::MON_GROUPING),
        locale_match!(locale => LC_MONETARY::MON_THOUSANDS_SEP),
    );
    if digits > 0 {
        let _ = write!(number, "{}{rest:02}", locale_match!(locale => LC_MONETARY::MON_DECIMAL_POINT));
    }
    let is_own = own == currency;
    let sign = if is_own { locale_match!(locale => LC_MONETARY::CURRENCY_SYMBOL) } else { currency.as_str() };
    let space = if !is_own || locale_match!(locale => LC_MONETARY::P_SEP_BY_SPACE) == 1 { "\u{a0}" } else { "" };
    let shown = match locale_match!(locale => LC_MONETARY::P_CS_PRECEDES) {
        1 => format!("{sign}{space}{number}"),
        _ => format!("{number}{space}{sign}"),
    };
    if amount.0 < 0 && of_least > 0 { format!("-{shown}") } else { shown }
}

/// The digits of a whole number in groups: so many from the right on, the last number for all that follow.
fn grouped(digits: &str, groups: &[i64], separator: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = digits;
    let mut groups = groups.iter().copied();
    let mut size = groups.next().unwrap_or(-1);
    while let Some(at) =
        usize::try_from(size).ok().filter(|size| *size > 0).and_then(|size| rest.len().checked_sub(size))
    {
        if at == 0 {
            break;
        }
        parts.push(&rest[at..]);
        rest = &rest[..at];
        size = groups.next().unwrap_or(size);
    }
    parts.push(rest);
    parts.reverse();
    parts.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::instant::Instant;

    fn written(amount: i64, currency: &str, name: &str) -> String {
        money(Amount(amount), currency, locale(name).unwrap())
    }

    #[test]
    fn money_is_written_as_in_the_country() {
        assert_eq!(written(12_345_678_900, "EUR", "de_DE"), "1.234.567,89\u{a0}€");
        assert_eq!(written(12_345_678_900, "USD", "en_US"), "$1,234,567.89");
        assert_eq!(written(-125_000, "GBP", "en_GB"), "-£12.50");
        assert_eq!(written(125_000, "USD", "de_DE"), "12,50\u{a0}USD");
        assert_eq!(written(15_000_000, "JPY", "ja_JP"), "￥1,500");
        // Lakhs and crores.
        assert_eq!(written(123_456_789_000, "INR", "hi_IN"), "₹1,23,45,678.90");
        assert_eq!(written(-49, "EUR", "de_DE"), "0,00\u{a0}€");
    }

    #[test]
    fn dates_are_written_in_the_language() {
        let local = Instant::parse("2024-03-05T09:07:00Z").unwrap().micros();
        let of = |format: &str, name: &str| date(local, format, locale(name).unwrap()).unwrap();
        assert_eq!(of("%A, %-d. %B %Y", "de_DE"), "Dienstag, 5. März 2024");
        assert_eq!(of("%x", "en_US"), "03/05/2024");
        assert_eq!(of("%-d %B", "fr_FR"), "5 mars");
        assert_eq!(of("%H:%M", "sv"), "09:07");
    }

    #[test]
    fn what_is_no_form_or_locale_is_refused() {
        for format in ["%", "%Q", "%Z", "%z", "%+"] {
            assert_eq!(date(0, format, locale("de").unwrap()).unwrap_err().kind, Kind::InvalidParameter, "{format}");
        }
        for name in ["", "xx", "de_XX", "_", "D\u{e9}"] {
            assert!(known(name).is_none(), "{name}");
        }
        for (name, same) in [("de", "de_DE"), ("en", "en_US"), ("pt-br", "pt_BR"), ("fr_CA.UTF-8", "fr_CA")] {
            assert_eq!(known(name), known(same));
            assert!(known(same).is_some());
        }
        assert!(date(i64::MAX, "%x", locale("de").unwrap()).is_err());
    }
}
