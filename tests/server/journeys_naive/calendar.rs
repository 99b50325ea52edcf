//! Local time as PostgreSQL's `timezone()` has it, by chrono-tz, and searches of it minute by minute.

use chrono::offset::LocalResult;
use chrono::{Datelike, Duration, Months, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

/// An instant, as UTC shows it.
pub type Instant = NaiveDateTime;

/// A length of time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    months: u32,
    days: i64,
    minutes: i64,
}

/// Reads "1 day 12 hours" and the like.
pub fn span(text: &str) -> Span {
    let mut span = Span::default();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.chunks(2) {
        let number: i64 = pair[0].parse().expect("a number");
        match pair[1].trim_end_matches('s') {
            "minute" => span.minutes += number,
            "hour" => span.minutes += 60 * number,
            "day" => span.days += number,
            "week" => span.days += 7 * number,
            "month" => span.months += number as u32,
            unit => panic!("unit {unit}"),
        }
    }
    span
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [(i64::from(self.months), "month"), (self.days, "day"), (self.minutes, "minute")];
        let shown = parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| match number {
            1 => format!("1 {unit}"),
            _ => format!("{number} {unit}s"),
        });
        f.write_str(&shown.collect::<Vec<_>>().join(" "))
    }
}

/// The span after a local time, or before it.
pub fn moved(local: NaiveDateTime, span: Span, is_back: bool) -> NaiveDateTime {
    let rest = Duration::days(span.days) + Duration::minutes(span.minutes);
    let months = Months::new(span.months);
    if is_back { local - months - rest } else { local + months + rest }
}

/// What the clocks of a zone show.
pub fn local(zone: Tz, at: Instant) -> NaiveDateTime {
    at + Duration::seconds(zone.offset_from_utc_datetime(&at).fix().local_minus_utc().into())
}

/// When they show it: of two instants the later one; where there is none, by the clock as it was before the change.
pub fn instant(zone: Tz, local: NaiveDateTime) -> Instant {
    let offset = match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset,
        LocalResult::Ambiguous(_, later) => later,
        LocalResult::None => zone.offset_from_utc_datetime(&(local - Duration::days(1))),
    };
    local - Duration::seconds(offset.fix().local_minus_utc().into())
}

/// So long after an instant, by the calendar.
pub fn later(zone: Tz, at: Instant, span: Span) -> Instant {
    instant(zone, moved(local(zone, at), span, false))
}

/// So long before it.
pub fn earlier(zone: Tz, at: Instant, span: Span) -> Instant {
    instant(zone, moved(local(zone, at), span, true))
}

/// A time of day such as "09:30".
pub fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day")
}

/// Whether a local day is one of these, such as "mon"; any day is where there are none.
fn is_on(local: NaiveDateTime, weekdays: &[String]) -> bool {
    weekdays.is_empty() || weekdays.contains(&local.weekday().to_string().to_lowercase())
}

/// The first instant from this one on that is in no quiet hour, and on one of these days.
pub fn next_permitted(zone: Tz, from: Instant, quiet: Option<(NaiveTime, NaiveTime)>, weekdays: &[String]) -> Instant {
    let is_permitted = |at: Instant| {
        let shown = local(zone, at);
        let is_quiet = quiet.is_some_and(|(from, to)| {
            let time = shown.time();
            if from < to { from <= time && time < to } else { time >= from || time < to }
        });
        !is_quiet && is_on(shown, weekdays)
    };
    let mut at = from;
    while !is_permitted(at) {
        // Quiet hours and days begin and end with a minute.
        at += Duration::seconds(60 - i64::from(at.second()));
    }
    at
}

/// The first instant after this one that is this time of day, on one of these days.
pub fn next_local_time(zone: Tz, after: Instant, time: NaiveTime, weekdays: &[String]) -> Instant {
    let today = local(zone, after).date();
    (-1..10)
        .map(|day| (today + Duration::days(day)).and_time(time))
        .filter(|local| is_on(*local, weekdays))
        .map(|local| instant(zone, local))
        .find(|at| *at > after)
        .expect("a week has all days")
}

/// The zone of this name; another one if there is none.
pub fn zone_or(name: Option<&str>, otherwise: Tz) -> Tz {
    name.and_then(|name| name.parse().ok()).unwrap_or(otherwise)
}
