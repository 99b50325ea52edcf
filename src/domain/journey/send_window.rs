//! When a customer may be written to: quiet hours and days of the week by the customer's own clock.

use super::definition::TimeOfDay;
use crate::domain::time::calendar::{Zone, micros_of};
use crate::domain::time::instant::{DAY, Instant};

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

/// The weekday of 2000-01-01, a Saturday, where Monday is 0.
const FIRST_WEEKDAY: i64 = 5;

/// A set of days of the week; never an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Weekdays = Weekdays(0b111_1111);

    /// These days (Monday is 0); all of them, if there are none.
    pub fn of(days: &[u8]) -> Self {
        match days.iter().fold(0, |set, day| set | 1 << (day % 7)) {
            0 => Self::ALL,
            set => Weekdays(set),
        }
    }

    /// Whether a local day, counted from 2000-01-01, is one of them.
    fn hold(self, day: i64) -> bool {
        self.0 & 1 << (day + FIRST_WEEKDAY).rem_euclid(7) != 0
    }
}

/// What is asked of the clock: nothing from the first time of day to before the second, which may be on the next day (the same
/// twice means never), and something on these days only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// When nothing is sent.
    pub quiet: Option<(TimeOfDay, TimeOfDay)>,
    /// On which days something is.
    pub weekdays: Weekdays,
}

impl Hours {
    /// Whether something may be sent at this local time, in microseconds.
    fn permit(self, local: i64) -> bool {
        let time = local.rem_euclid(DAY);
        let is_quiet = self.quiet.is_some_and(|(from, to)| {
            let (from, to) = (micros(from), micros(to));
            if from <= to { from <= time && time < to } else { time >= from || time < to }
        });
        !is_quiet && self.weekdays.hold(local.div_euclid(DAY))
    }

    /// The next local time at which what is refused at `local` may be permitted: the end of the quiet hours or of the day.
    fn next_change(self, local: i64) -> i64 {
        let midnight = local - local.rem_euclid(DAY);
        let end = self.quiet.map_or(midnight, |(_, to)| midnight + micros(to));
        if end > local { end } else { midnight + DAY }
    }
}

fn micros(time: TimeOfDay) -> i64 {
    i64::from(time.0) * MINUTE
}

fn local(at: Instant, zone: &impl Zone) -> i64 {
    at.micros() + zone.offset(at)
}

/// The first instant, from `at` on, at which the clocks of the zone permit something. None beyond the year 9999.
pub fn next_permitted(at: Instant, zone: &impl Zone, hours: Hours) -> Option<Instant> {
    let mut at = at;
    loop {
        let offset = zone.offset(at);
        let shown = at.micros() + offset;
        if hours.permit(shown) {
            return Some(at);
        }
        let next = Instant::in_range(hours.next_change(shown) - offset)?;
        // Where the clocks are changed before that, they may show a permitted time at once.
        at = if zone.offset(next) == offset { next } else { first_change(at, next, zone) };
    }
}

/// The instant between two at which the clocks are changed: the earlier one is before it, the later one not.
fn first_change(before: Instant, after: Instant, zone: &impl Zone) -> Instant {
    let (mut before, mut after) = (before, after);
    let offset = zone.offset(before);
    while after.micros() - before.micros() > 1 {
        let Some(middle) = Instant::in_range(before.micros() + (after.micros() - before.micros()) / 2) else { break };
        if zone.offset(middle) == offset {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// The first instant after `at` that is this time of day, on one of these days. None beyond the year 9999.
pub fn next_local_time(at: Instant, zone: &impl Zone, time: TimeOfDay, weekdays: Weekdays) -> Option<Instant> {
    // A time that was skipped comes later than its day says, by a day at most: so it begins with the days before.
    let mut day = local(at, zone).div_euclid(DAY) - 2;
    loop {
        if weekdays.hold(day) {
            let found = micros_of(day * DAY + micros(time), zone);
            if found > at.micros() {
                return Instant::in_range(found);
            }
        }
        day += 1;
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::calendar::Utc;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn time(hour: u16, minute: u16) -> TimeOfDay {
        TimeOfDay(hour * 60 + minute)
    }

    fn hours(from: TimeOfDay, to: TimeOfDay, days: &[u8]) -> Hours {
        Hours { quiet: Some((from, to)), weekdays: Weekdays::of(days) }
    }

    fn berlin() -> Tz {
        "Europe/Berlin".parse().unwrap()
    }

    #[test]
    fn quiet_hours_end_by_the_local_clock() {
        let night = hours(time(21, 0), time(9, 0), &[]);
        for (asked, zone, permitted) in [
            ("2024-01-10T12:00:00Z", berlin(), "2024-01-10T12:00:00Z"),
            ("2024-01-10T19:59:59.999999Z", berlin(), "2024-01-10T19:59:59.999999Z"),
            ("2024-01-10T20:00:00Z", berlin(), "2024-01-11T08:00:00Z"),
            ("2024-01-11T03:00:00Z", berlin(), "2024-01-11T08:00:00Z"),
            ("2024-07-11T03:00:00Z", berlin(), "2024-07-11T07:00:00Z"),
            // Overnight the clocks go forward, and back.
            ("2024-03-30T23:00:00Z", berlin(), "2024-03-31T07:00:00Z"),
            ("2024-10-26T22:00:00Z", berlin(), "2024-10-27T08:00:00Z"),
            ("2024-01-10T03:00:00Z", "Asia/Kolkata".parse().unwrap(), "2024-01-10T03:30:00Z"),
        ] {
            assert_eq!(next_permitted(at(asked), &zone, night), Some(at(permitted)), "{asked}");
        }
    }

    #[test]
    fn days_of_the_week_are_local_too() {
        // 2024-01-13 was a Saturday.
        let workdays = [0, 1, 2, 3, 4];
        let any_time = Hours { quiet: None, weekdays: Weekdays::of(&workdays) };
        assert_eq!(next_permitted(at("2024-01-12T23:30:00Z"), &berlin(), any_time), Some(at("2024-01-14T23:00:00Z")));
        assert_eq!(next_permitted(at("2024-01-12T22:30:00Z"), &berlin(), any_time), Some(at("2024-01-12T22:30:00Z")));
        let by_day = hours(time(20, 0), time(8, 0), &workdays);
        assert_eq!(next_permitted(at("2024-01-12T19:30:00Z"), &berlin(), by_day), Some(at("2024-01-15T07:00:00Z")));
        assert_eq!(
            next_permitted(at("2024-01-12T19:30:00Z"), &Utc, hours(time(8, 0), time(8, 0), &[])),
            Some(at("2024-01-12T19:30:00Z"))
        );
    }

    #[test]
    fn quiet_hours_that_end_in_a_skipped_hour_end_with_the_change() {
        let night = hours(time(22, 0), time(2, 30), &[]);
        assert_eq!(next_permitted(at("2024-03-30T23:00:00Z"), &berlin(), night), Some(at("2024-03-31T01:00:00Z")));
        // 02:30 is there for the first time, and is gone again half an hour later.
        assert_eq!(next_permitted(at("2024-10-26T22:00:00Z"), &berlin(), night), Some(at("2024-10-27T00:30:00Z")));
        assert_eq!(next_permitted(at("2024-10-27T01:10:00Z"), &berlin(), night), Some(at("2024-10-27T01:30:00Z")));
    }

    #[test]
    fn a_local_time_is_the_next_one() {
        for (asked, time_of_day, days, found) in [
            ("2024-01-10T07:59:59Z", time(9, 0), &[][..], "2024-01-10T08:00:00Z"),
            ("2024-01-10T08:00:00Z", time(9, 0), &[], "2024-01-11T08:00:00Z"),
            ("2024-01-10T08:00:00Z", time(9, 0), &[0], "2024-01-15T08:00:00Z"),
            // Skipped: as long after the change as it is too late.
            ("2024-03-30T20:00:00Z", time(2, 30), &[], "2024-03-31T01:30:00Z"),
            ("2024-03-31T01:15:00Z", time(2, 30), &[], "2024-03-31T01:30:00Z"),
            ("2024-03-31T01:30:00Z", time(2, 30), &[], "2024-04-01T00:30:00Z"),
            // Twice: the second.
            ("2024-10-26T20:00:00Z", time(2, 30), &[], "2024-10-27T01:30:00Z"),
            ("2024-10-27T00:45:00Z", time(2, 30), &[], "2024-10-27T01:30:00Z"),
        ] {
            let next = next_local_time(at(asked), &berlin(), time_of_day, Weekdays::of(days));
            assert_eq!(next, Some(at(found)), "{asked}");
        }
        // Samoa left out 30 December 2011, a Friday.
        let apia: Tz = "Pacific/Apia".parse().unwrap();
        let next = next_local_time(at("2011-12-30T08:00:00Z"), &apia, time(12, 0), Weekdays::ALL);
        assert_eq!(next, Some(at("2011-12-30T22:00:00Z")));
    }

    #[test]
    fn time_ends() {
        let night = hours(time(21, 0), time(9, 0), &[]);
        assert_eq!(next_permitted(at("9999-12-31T22:00:00Z"), &Utc, night), None);
        assert_eq!(next_local_time(Instant::MAX, &Utc, time(0, 0), Weekdays::of(&[3])), None);
        assert_eq!(next_local_time(Instant::MIN, &Utc, time(0, 0), Weekdays::ALL), Some(at("0001-01-02")));
        assert_eq!(next_permitted(Instant::MIN, &berlin(), night).map(|found| found >= Instant::MIN), Some(true));
    }

    /// Instants around the days on which clocks change, by half an hour in Lord Howe and by a day in Samoa.
    fn around_changes() -> impl Strategy<Value = (Tz, Instant)> {
        let days = [
            ("Europe/Berlin", "2024-03-30T12:00:00Z"),
            ("Europe/Berlin", "2024-10-26T12:00:00Z"),
            ("America/New_York", "2024-03-10T00:00:00Z"),
            ("America/New_York", "2024-11-02T20:00:00Z"),
            ("Australia/Lord_Howe", "2024-04-06T04:00:00Z"),
            ("Australia/Lord_Howe", "2024-10-05T04:00:00Z"),
            ("Pacific/Apia", "2011-12-29T12:00:00Z"),
            ("America/Santiago", "2024-09-07T20:00:00Z"),
            ("Africa/Casablanca", "2024-03-09T20:00:00Z"),
            ("Asia/Kathmandu", "2024-03-09T20:00:00Z"),
        ];
        (0..days.len(), 0i64..36 * 60).prop_map(move |(day, minutes)| {
            let (zone, start) = days[day];
            (zone.parse().unwrap(), Instant::from_micros(at(start).micros() + minutes * MINUTE).unwrap())
        })
    }

    proptest! {
        #[test]
        fn is_the_first_minute_that_is_permitted(
            (zone, asked) in around_changes(), from in 0u16..1440, to in 0u16..1440, days in prop::collection::vec(0u8..7, 0..4)
        ) {
            let hours = hours(TimeOfDay(from), TimeOfDay(to), &days);
            let first = (0..9 * 24 * 60)
                .map(|minute| Instant::from_micros(asked.micros() + minute * MINUTE).unwrap())
                .find(|&instant| hours.permit(local(instant, &zone)));
            prop_assert_eq!(next_permitted(asked, &zone, hours), first);
        }

        #[test]
        fn is_the_first_of_the_days_to_come(
            (zone, asked) in around_changes(), time in 0u16..1440, days in prop::collection::vec(0u8..7, 0..4)
        ) {
            let (time, weekdays) = (TimeOfDay(time), Weekdays::of(&days));
            // The last minute of those that show a time, or, if none does, the time by the clock as it was before.
            let today = local(asked, &zone).div_euclid(DAY);
            let shown = |local_time: i64| {
                (-1500..1500)
                    .map(|minute| local_time + minute * MINUTE)
                    .filter(|&utc| local(Instant::from_micros(utc).unwrap(), &zone) == local_time)
                    .max()
                    .unwrap_or_else(|| local_time - zone.offset(Instant::from_micros(local_time - DAY).unwrap()))
            };
            let first = (-2..10)
                .map(|day| today + day)
                .filter(|&day| weekdays.hold(day))
                .map(|day| shown(day * DAY + micros(time)))
                .filter(|&utc| utc > asked.micros())
                .min();
            prop_assert_eq!(next_local_time(asked, &zone, time, weekdays).map(Instant::micros), first);
        }
    }
}
