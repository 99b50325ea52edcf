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

/// The currencies of which a thousandth is the smallest unit (ISO 4217).
const WITH_THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Countries of languages that are not called like their country: `sv` alone is Swedish as in Sweden. Of a language that is not here, and
/// whose country is not called like it, it is the first country in order of the letters.
const COUNTRIES: [(&str, &str); 32] = [
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
    ("ar", "EG"),
    ("bn", "BD"),
    ("bo", "CN"),
    ("ca", "ES"),
    ("eu", "ES"),
    ("fa", "IR"),
    ("fy", "NL"),
    ("ga", "IE"),
    ("ku", "TR"),
    ("pa", "IN"),
    ("sr", "RS"),
    ("sw", "TZ"),
    ("ta", "IN"),
    ("ti", "ET"),
    ("ur", "PK"),
    ("vi", "VN"),
    ("om", "ET"),
    ("ne", "NP"),
];

/// The locale of this name, such as `de_AT`, `de-AT`, `de`, `de_AT.UTF-8`, `zh-Hans-CN` or `sr-Latn-RS`. None if there is no such one.
pub fn known(name: &str) -> Option<Locale> {
    let bare = name.trim().split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    let mut parts = bare.split(['_', '-']);
    let language = match parts.next()? {
        // Norwegian, as most write it, and Hebrew by its old name.
        "no" => "nb",
        "iw" => "he",
        language => language,
    };
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let rest: Vec<&str> = parts.collect();
    let script = match rest.iter().find(|part| part.len() == 4).copied() {
        Some("latn") => "@latin",
        Some("cyrl") => "@cyrillic",
        Some("deva") => "@devanagari",
        _ => "",
    };
    let of = |country: &str| {
        let locale = |script: &str| Locale::try_from(format!("{language}_{country}{script}").as_str()).ok();
        Some(script).filter(|script| !script.is_empty()).and_then(locale).or_else(|| locale(""))
    };
    if let Some(country) = rest.iter().rev().find(|part| part.len() == 2 && part.is_ascii()) {
        return of(&country.to_ascii_uppercase());
    }
    if language == "zh" && rest.contains(&"hant") {
        return of("TW");
    }
    // What is neither a script nor a region says nothing that is known.
    if rest.iter().any(|part| !(part.len() == 4 || part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))) {
        return None;
    }
    match COUNTRIES.iter().find(|(of, _)| *of == language) {
        Some((_, country)) => of(country),
        None => of(&language.to_ascii_uppercase()).or_else(|| {
            let letters = || 'A'..='Z';
            letters().find_map(|first| letters().find_map(|second| of(&format!("{first}{second}"))))
        }),
    }
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

/// Checks how dates are written, as `strftime` says it: `%e %B %Y`.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_date_format(format: &str) -> Result<()> {
    let refuse = |why: &str| {
        Error::new(Kind::InvalidParameter, format!("\"{}\" {why}", shorten(format)))
            .hint("Write it as for strftime: \"%e %B %Y\" for 5 March 2024, \"%x\" for the short form of the locale.")
    };
    if format.len() > LONGEST_FORMAT {
        return Err(refuse("is too long for the form of a date"));
    }
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if items.iter().any(|item| matches!(item, Item::Error)) {
        return Err(refuse("is no form of a date"));
    }
    if items.iter().any(is_of_zone) {
        return Err(refuse("asks for a time zone, and the time is that of the customer's clocks"));
    }
    Ok(())
}

/// Whether a part of a form asks for what a local time does not know.
fn is_of_zone(item: &Item<'_>) -> bool {
    match item {
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
    }
}

/// A form in which the locale's own forms, such as `%x`, are written out.
fn written_out(format: &str, locale: Locale) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some(of @ ('x' | 'X' | 'r' | 'c')) => out.push_str(&form_of(of, locale)),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
        rest = after.as_str();
    }
    out + rest
}

/// The locale's own form of a date, a time or both, by the Gregorian calendar, in the usual digits and without a time zone.
fn form_of(what: char, locale: Locale) -> String {
    let time = locale_match!(locale => LC_TIME::T_FMT);
    let own = match what {
        'x' => locale_match!(locale => LC_TIME::D_FMT),
        'X' => time,
        'r' => Some(locale_match!(locale => LC_TIME::T_FMT_AMPM)).filter(|form| !form.is_empty()).unwrap_or(time),
        _ => locale_match!(locale => LC_TIME::D_T_FMT),
    };
    let mut form =
        own.replace("%EC %Ey", "%Y").replace("%EC", "").replace("%Ey", "%Y").replace("%E", "%").replace("%O", "%");
    for zone in ["(UTC%z)", "(%Z)", "%Z", "%z"] {
        form = form.replace(zone, "");
    }
    let words: Vec<&str> = form.split(' ').filter(|word| !word.is_empty()).collect();
    let form = words.join(" ");
    let form = form.trim_matches(|char: char| char.is_whitespace() || char == ',');
    // Some are written by the others.
    let form = match what {
        'c' => written_out(form, locale),
        _ => form.to_owned(),
    };
    let is_form = StrftimeItems::new(&form).all(|item| !matches!(item, Item::Error) && !is_of_zone(&item));
    if is_form && !form.is_empty() { form } else { format!("%{what}") }
}

/// A local time, in microseconds since 2000, in this form.
///
/// # Errors
/// [`Kind::InvalidParameter`] for a form that is none, [`Kind::DatetimeOutOfRange`].
pub fn date(local: i64, format: &str, locale: Locale) -> Result<String> {
    check_date_format(format)?;
    let format = written_out(format, locale);
    let items: Vec<Item<'_>> = StrftimeItems::new(&format).collect();
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
    let digits = match currency.as_str() {
        of if WITHOUT_CENTS.contains(&of) => 0,
        of if WITH_THOUSANDTHS.contains(&of) => 3,
        _ => 2,
    };
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
        let point = locale_match!(locale => LC_MONETARY::MON_DECIMAL_POINT);
        let _ = write!(number, "{point}{rest:0width$}", width = digits as usize);
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
        for name in [
            "",
            "xx",
            "de_XX",
            "_",
            "D\u{e9}",
            "C",
            "POSIX",
            "de_",
            "de-nothing",
            "\u{e9}\u{e9}",
            "de_\u{e9}",
            "1",
            "-DE",
            "de_DE_XX",
        ] {
            assert!(known(name).is_none(), "{name}");
        }
        for (name, same) in [
            ("de", "de_DE"),
            ("en", "en_US"),
            ("pt-br", "pt_BR"),
            ("fr_CA.UTF-8", "fr_CA"),
            ("vi", "vi_VN"),
            ("fa", "fa_IR"),
            ("ar", "ar_EG"),
            ("sr", "sr_RS"),
            ("ca", "ca_ES"),
            ("eu", "eu_ES"),
            ("sq", "sq_AL"),
            ("ast", "ast_ES"),
            ("no", "nb_NO"),
            ("zh-Hans-CN", "zh_CN"),
            ("zh-Hans", "zh_CN"),
            ("zh_Hant_HK", "zh_HK"),
            ("zh-Hant", "zh_TW"),
            ("sr-Cyrl-RS", "sr_RS"),
            ("de-Latn-AT", "de_AT"),
            ("ca-ES-valencia", "ca_ES"),
            ("es-419", "es_ES"),
        ] {
            assert_eq!(known(name), known(same), "{name}");
            assert!(known(same).is_some(), "{same}");
        }
        assert_eq!(known("sr-Latn-RS"), Locale::try_from("sr_RS@latin").ok());
        assert!(date(i64::MAX, "%x", locale("de").unwrap()).is_err());
    }

    /// All locales of a language and a country.
    fn all() -> Vec<(String, Locale)> {
        const LANGUAGES: &str = "aa af agr ak am an anp ar as ast ayc az be bem ber bg bhb bho bi bn bo br brx bs byn ca ce chr cmn crh cs \
            csb cv cy da de doi dsb dv dz el en es et eu fa ff fi fil fo fr fur fy ga gd gez gl gu gv ha hak he hi hif hne hr hsb ht hu hy \
            ia id ig ik is it iu ja ka kab kk kl km kn ko kok ks ku kw ky lb lg li lij ln lo lt lv lzh mag mai mfe mg mhr mi miq mjw mk ml \
            mn mni mnw mr ms mt my nan nb nds ne nhn niu nl nn nr nso oc om or os pa pap pl ps pt quz raj ro ru rw sa sah sat sc sd se sgs \
            shn shs si sid sk sl sm so sq sr ss st sv sw szl ta tcy te tg th the ti tig tk tl tn to tpi tr ts tt ug uk unm ur uz ve vi wa \
            wae wal wo xh yi yo yue yuw zh zu";
        let mut found = Vec::new();
        for language in LANGUAGES.split_whitespace() {
            for country in ('A'..='Z').flat_map(|first| ('A'..='Z').map(move |second| format!("{first}{second}"))) {
                let name = format!("{language}_{country}");
                found.extend(Locale::try_from(name.as_str()).ok().map(|locale| (name, locale)));
            }
        }
        found
    }

    #[test]
    fn every_locale_writes_every_form_that_is_accepted() {
        let all = all();
        assert!(all.len() > 290, "{}", all.len());
        let local = Instant::parse("2024-03-05T19:07:08Z").unwrap().micros();
        for (name, locale) in &all {
            for format in ["%x", "%X", "%r", "%c", "%A %a %B %b %h %p %P %I %c, %r %%x"] {
                check_date_format(format).unwrap();
                let text = date(local, format, *locale).unwrap_or_else(|error| panic!("{name} {format}: {error:?}"));
                assert!(!text.trim().is_empty(), "{name} {format}: {text}");
                assert!(format.len() > 2 || !text.contains(['%', '+']), "{name} {format}: {text}");
            }
            let day = date(local, "%x", *locale).unwrap();
            assert!(day.contains("24") && day.contains('5'), "{name}: {day}");
            assert!(date(local, "%X", *locale).unwrap().contains("7"), "{name}");
            assert!(!money(Amount(-12_345_678), "EUR", *locale).is_empty());
            for month in 1..=12 {
                let at = Instant::parse(&format!("2024-{month:02}-{month:02}T{month:02}:00:00Z")).unwrap().micros();
                assert!(date(at, "%d %B %b %A %a", *locale).is_ok(), "{name}");
            }
        }
        let of = |format: &str, name: &str| date(local, format, locale(name).unwrap()).unwrap();
        assert_eq!(of("%x", "th_TH"), "05/03/2024");
        assert_eq!(of("%x", "fa_IR"), "24/03/05");
        assert_eq!(of("%x", "ja_JP"), "2024年03月05日");
        assert_eq!(of("%X", "hi_IN"), "07:07:08 अपर\u{93e}ह\u{94d}न");
        assert_eq!(of("%X", "nb_NO"), "kl. 19.07");
        assert_eq!(of("%X %%X", "de_DE"), "19:07:08 %X");
        assert_eq!(of("%c", "en_US"), "Tue 05 Mar 2024 07:07:08 PM");
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(written(12_340, "KWD", "en_US"), "KWD\u{a0}1.234");
        assert_eq!(written(12_345, "TND", "fr_FR"), "1,235\u{a0}TND");
        assert_eq!(written(50, "BHD", "en_US"), "BHD\u{a0}0.005");
        assert_eq!(written(15_000_000, "JPY", "en_US"), "JPY\u{a0}1,500");
        assert_eq!(written(12_340, "EUR", "en_US"), "EUR\u{a0}1.23");
    }
}
