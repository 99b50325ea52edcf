//! Days that the profile of a customer says, or the event of an entry, and instants before and after them.

use super::context::{RunContext, interval};
use super::occasion::{OccasionRow, instant_of_member};
use super::step_due::time;
use crate::domain::journey::definition::{DayOf, Offset, TimeOfDay};
use crate::domain::support::sql::{Sql, expression};

/// The day in a column of the profile, by the clocks of the customer; NULL where there is none.
pub fn day_of_column(context: &RunContext, column: &str, is_date: bool) -> Sql {
    let value = expression!((), "profile.{column}", column = Sql::identifier(column));
    let day = match !is_date && context.column(column).has_zone() {
        true => expression!(context, "timezone({zone}, {value})::date", value = value),
        false => expression!((), "{value}::date", value = value),
    };
    // What lies beyond is no day that comes, and cannot be an instant.
    expression!(
        (),
        "(SELECT said.day FROM (SELECT {day} AS day) AS said WHERE said.day BETWEEN '0001-01-01' AND '9999-12-31')",
        day = day
    )
}

/// A local time so long before or after another.
pub fn moved(from: Sql, offset: Offset) -> Sql {
    let span = interval(offset.span);
    match (offset.span.is_nothing(), offset.before) {
        (true, _) => from,
        (false, true) => expression!((), "{from} - {span}", from = from, span = span),
        (false, false) => expression!((), "{from} + {span}", from = from, span = span),
    }
}

/// The instant that a wait for a day ends for the row `enrolled`, with its row `profile`; NULL where the day is not known.
pub fn end_of_wait(context: &RunContext, day: &DayOf, offset: Offset, at: TimeOfDay) -> Sql {
    let day = match day {
        DayOf::Profile { column, is_date } => day_of_column(context, column, *is_date),
        DayOf::Event(path) => expression!(
            context,
            "timezone({zone}, {instant})::date",
            instant = instant_of_member(context, OccasionRow::Entry, path)
        ),
    };
    expression!(context, "timezone({zone}, {day} + {time}::interval)", day = moved(day, offset), time = time(at))
}
