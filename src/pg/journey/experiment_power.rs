//! How large the experiment of a journey must be: by a simulation, and in a few words when a journey is created.

use pgrx::datum::Interval;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};

use super::run::with_run_settings;
use super::simulation::{Of, Simulation, every_text};
use crate::domain::experiment::power::{ControlShare, Lift, MOST_CUSTOMERS, MOST_PLANS, Past, Plan, Power};
use crate::domain::experiment::{Confidence, customers_needed};
use crate::domain::journey::definition::Definition;
use crate::domain::journey::engine::context::interval;
use crate::domain::journey::results::experiment;
use crate::domain::store::Store;
use crate::domain::store::quote::ascii_literal;
use crate::domain::support::error::{Error, Kind, Result, reserve, shorten};
use crate::domain::support::sql::expression;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::return_rows;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{Row, array_text, rows};
use crate::pg::store::text_argument;

/// With fewer buyers among the past customers, chance has much to say about the answer.
const FEW_BUYERS: usize = 20;

/// The lift that a journey's creation speaks of, and how sure a finding is to be.
const USUAL: (f64, f64) = (0.2, 0.95);

/// What is asked about a journey.
struct Asked {
    lift: Lift,
    confidence: Confidence,
    controls: Vec<ControlShare>,
    /// As texts that read back the same.
    durations: Vec<String>,
    since: Option<Instant>,
    until: Option<Instant>,
    every: String,
}

/// The elements of an array of one dimension, at least one and none of them NULL.
fn elements<T>(name: &str, dimensions: i32, values: impl Iterator<Item = Option<T>>) -> Result<Vec<T>> {
    let refused = |detail: String| Error::new(Kind::InvalidParameter, format!("{name} is not a list")).detail(detail);
    if dimensions > 1 {
        return Err(refused(format!("The array has {dimensions} dimensions, and must have one.")));
    }
    let values: Option<Vec<T>> = values.take(MOST_PLANS + 1).collect();
    let values = values.ok_or_else(|| Error::new(Kind::NullNotAllowed, format!("{name} must not hold NULL")))?;
    if values.is_empty() {
        return Err(refused("The array is empty.".to_owned()).hint(format!("Leave {name} out for the usual ones.")));
    }
    Ok(values)
}

impl Asked {
    /// (…, lift, since, until, control_shares, durations, confidence, every)
    fn read(fcinfo: pg_sys::FunctionCallInfo) -> Result<Self> {
        // SAFETY: SQL declares the arguments so.
        let (arguments, shares, durations, every) = unsafe {
            let arguments = Arguments::of(fcinfo);
            for (number, name) in
                [(2, "lift"), (5, "control_shares"), (6, "durations"), (7, "confidence"), (8, "every")]
            {
                arguments.not_null(number, name)?;
            }
            (arguments, arguments.array::<f64>(5), arguments.array::<Interval>(6), arguments.interval(8))
        };
        let lift = Lift::new(arguments.float(2).unwrap_or_default())?;
        let confidence = Confidence::new(arguments.float(7).unwrap_or_default())?;
        let shares = shares.map(|(dimensions, array)| elements("control_shares", dimensions, array.iter()));
        let controls: Vec<ControlShare> =
            shares.transpose()?.unwrap_or_default().into_iter().map(ControlShare::new).collect::<Result<_>>()?;
        let durations = durations.map(|(dimensions, array)| elements("durations", dimensions, array.iter()));
        let durations: Vec<String> = durations.transpose()?.unwrap_or_default().into_iter().map(every_text).collect();
        if controls.len() * durations.len() > MOST_PLANS {
            return Err(Error::new(Kind::InvalidParameter, "too many control shares and durations")
                .detail(format!("There can be {MOST_PLANS} pairs of a control share and a duration at most.")));
        }
        for duration in &durations {
            check_duration(duration)?;
        }
        // The simulation looks at them as well; NULL is the default.
        let instant =
            |number: usize| arguments.datum(number).map(|datum| Instant::from_micros(datum.value() as i64)).transpose();
        let (since, until) = (instant(3)?, instant(4)?);
        Ok(Asked {
            lift,
            confidence,
            controls,
            durations,
            since,
            until,
            every: every.map_or_else(String::new, every_text),
        })
    }
}

fn check_duration(duration: &str) -> Result<()> {
    let found = with_pinned_settings(|| {
        rows(
            "SELECT (asked.duration > '0'::interval AND asked.duration <= '10 years'::interval)::text, asked.duration::text
             FROM (SELECT $1::interval AS duration) AS asked",
            &[Some(duration)],
        )
    });
    let row = found.into_iter().next().unwrap_or_default();
    if row.first().and_then(Option::as_deref) == Some("true") {
        return Ok(());
    }
    let shown = row.into_iter().nth(1).flatten().unwrap_or_default();
    Err(Error::new(Kind::InvalidParameter, format!("duration out of range: {}", shorten(&shown)))
        .detail("A duration must be positive, and ten years at most."))
}

/// (store, definition, lift, since, until, control_shares, durations, confidence, every)
// SQL: experiment_power(text, jsonb, double precision, timestamptz, timestamptz, double precision[], interval[], double precision, interval) SETOF record
#[pg_extern]
fn experiment_power(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    answer(fcinfo, &Of::definition(fcinfo)?)
}

/// The same of a journey of the store by its name; text that begins as JSON does is a definition.
// SQL: experiment_power_named(text, text, double precision, timestamptz, timestamptz, double precision[], interval[], double precision, interval) SETOF record
#[pg_extern]
fn experiment_power_named(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    answer(fcinfo, &Of::name(fcinfo)?)
}

fn answer(fcinfo: pg_sys::FunctionCallInfo, what: &Of) -> SqlResult<()> {
    let store = text_argument(fcinfo, 0, "store")?;
    let asked = Asked::read(fcinfo)?;
    let mut simulation = Simulation::of(&store, what)?;
    let (since, until) = period(&simulation, &asked);
    simulation.play(&since, &until, &asked.every, &[])?;
    let (past, customers) = past(&simulation, &asked, &since, &until)?;
    say_what_it_rests_on(&simulation, &past, &customers, &since, &until);
    simulation.end();
    // SAFETY: the call is this function's, and the rows have its columns.
    unsafe { return_rows(fcinfo, &lines(&asked, &past, &customers)?) };
    Ok(())
}

/// Between which instants customers enter: the last 90 days whose windows are over, unless the caller says otherwise.
fn period(simulation: &Simulation, asked: &Asked) -> (String, String) {
    let context = simulation.context();
    let query = expression!(
        (),
        "SELECT COALESCE($1::timestamptz, played.until - '90 days'::interval)::text, played.until::text
         FROM (SELECT COALESCE($2::timestamptz, $3::timestamptz - {within}) AS until) AS played",
        within = interval(simulation.definition().goal.within)
    );
    let [since, until] = [asked.since, asked.until].map(|instant| instant.map(|instant| instant.to_string()));
    let arguments = [since.as_deref(), until.as_deref(), Some(simulation.as_of.as_str())];
    let row = with_run_settings(&context.store, || rows(&query, &arguments)).into_iter().next().unwrap_or_default();
    let mut row = row.into_iter().map(Option::unwrap_or_default);
    (row.next().unwrap_or_default(), row.next().unwrap_or_default())
}

/// The customers who entered, and how many are expected within each duration.
fn past(simulation: &Simulation, asked: &Asked, since: &str, until: &str) -> Result<(Past, Vec<u64>)> {
    let context = simulation.context();
    let (customers, expected) = with_run_settings(&context.store, || {
        let durations = array_text(&asked.durations);
        (
            rows(experiment::past_customers(context, &simulation.as_of, MOST_CUSTOMERS), &[]),
            rows(experiment::expected_customers(context, since, until), &[Some(&durations)]),
        )
    });
    let column = |number: usize| -> Result<Vec<f64>> {
        let mut column = Vec::new();
        reserve(&mut column, customers.len())?;
        column.extend(customers.iter().map(|row| row.get(number).and_then(number_in::<f64>).unwrap_or_default()));
        Ok(column)
    };
    let before = (1..=experiment::BEFORE.len()).map(column).collect::<Result<Vec<_>>>()?;
    let expected = expected.iter().map(|row| row.first().and_then(number_in).unwrap_or_default());
    Ok((Past::new(&column(0)?, &before)?, expected.collect()))
}

fn number_in<T: std::str::FromStr>(text: &Option<String>) -> Option<T> {
    text.as_ref()?.parse().ok()
}

/// Says why nothing can be said, or on how little it rests.
fn say_what_it_rests_on(simulation: &Simulation, past: &Past, expected: &[u64], since: &str, until: &str) {
    let (customers, buyers) = (past.customers(), past.buyers());
    let within = simulation.definition().goal.within;
    if expected.iter().all(|&customers| customers == 0) && customers == 0 {
        simulation.say_why_nobody_enters();
    } else if customers == 0 {
        let as_of = &simulation.as_of;
        pgrx::notice!(
            "no power: none of the customers who would have entered from {since} until {until} did so {within} before {as_of}, up to when orders are known"
        );
    } else if buyers == 0 {
        pgrx::notice!(
            "no power: none of {customers} customers bought within {within} of entering, and a lift of nothing is nothing"
        );
    } else if buyers < FEW_BUYERS {
        pgrx::notice!("the power rests on {buyers} buyers among {customers} customers, and may be far off");
    }
    if expected.iter().any(|&customers| customers > MOST_CUSTOMERS) {
        pgrx::notice!(
            "the power of more than {MOST_CUSTOMERS} customers is computed from experiments on {MOST_CUSTOMERS}"
        );
    }
}

/// A row for each duration and control share.
fn lines(asked: &Asked, past: &Past, customers: &[u64]) -> Result<Vec<Row>> {
    let pairs = || {
        asked.durations.iter().zip(customers).flat_map(|of| asked.controls.iter().map(move |&control| (of, control)))
    };
    let plans: Vec<Plan> = pairs().map(|((_, &customers), control)| Plan { control, customers }).collect();
    let said = past.power(&plans, asked.lift, asked.confidence)?;
    let row = |(((duration, customers), control), said): (((&String, &u64), ControlShare), _)| {
        let plan = Plan { control, customers: *customers };
        let [unadjusted, adjusted]: [Option<Power>; 2] = match said {
            Some((unadjusted, adjusted)) => [Some(unadjusted), Some(adjusted)],
            None => [None; 2],
        };
        // More digits would be those of chance.
        let shown = |value: f64| ((value * 1e3).round() / 1e3).to_string();
        let power = |power: Option<Power>| power.map(|power| shown(power.power));
        let smallest = |power: Option<Power>| power.and_then(|power| power.smallest_lift).map(shown);
        vec![
            Some(control.get().to_string()),
            Some(duration.clone()),
            Some(customers.to_string()),
            Some(past.buyers_in_control(plan).round().to_string()),
            power(unadjusted),
            power(adjusted),
            smallest(unadjusted),
            smallest(adjusted),
        ]
    };
    Ok(pairs().zip(said.into_iter().map(|said| said.map(|said| (said.unadjusted, said.adjusted)))).map(row).collect())
}

// ---- when a journey is created --------------------------------------------------------------------------------------

/// Says how many customers an experiment needs that finds a usual effect with the control group of a journey. It says nothing where there
/// is no control group, and where few customers have bought of late.
///
/// A dry run may take minutes, so that it only looks at some of the customers with orders: how many of them will enter, it cannot know.
pub fn say_how_many_are_needed(store: &Store, as_of: Option<&str>, journey: &str, definition: &Definition) {
    let Some(as_of) = as_of else { return };
    let Ok(control) = ControlShare::new(definition.control) else { return };
    let within = definition.goal.within;
    let query = experiment::recent_spend(store, as_of, within);
    let row = with_run_settings(store, || rows(&query, &[])).into_iter().next().unwrap_or_default();
    let figure = |number: usize| row.get(number).and_then(number_in::<f64>);
    let (Some(buyers), Some(mean), Some(variance)) = (figure(0), figure(1), figure(2)) else { return };
    if buyers < FEW_BUYERS as f64 {
        return;
    }
    let (Ok(lift), Ok(confidence)) = (Lift::new(USUAL.0), Confidence::new(USUAL.1)) else { return };
    let Some(needed) = customers_needed(control, lift, confidence, mean, variance) else { return };
    let (needed, percent) = (two_digits(needed), (control.get() * 1e4).round() / 100.0);
    let message = format!(
        "with a control group of {percent} %, an effect of +20 % on spend within {within} would be found in 80 of 100 journeys of about {needed} customers"
    );
    let deviation = variance.sqrt();
    let call = format!(
        "SELECT * FROM lifecycle.experiment_power({}, {}, {})",
        ascii_literal(&shorten(&store.name)),
        ascii_literal(&shorten(journey)),
        USUAL.0
    );
    ErrorReport::new(PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION, message, "pg_lifecycle")
        .set_detail(format!(
            "Customers with orders spent {mean:.2} in the last {within} on average, with a standard deviation of {deviation:.2}."
        ))
        .set_hint(format!("{call} says how many will enter, and what other control groups would find."))
        .report(PgLogLevel::NOTICE);
}

/// A number rounded to its first two digits.
fn two_digits(number: i64) -> i64 {
    let unit = 10i64.pow(number.max(1).ilog10().saturating_sub(1));
    number.saturating_add(unit / 2) / unit * unit
}
