//! A journey over the past of a store, with nothing written but temporary tables, which are gone at the end.

use std::cell::Cell;

use pgrx::datum::Interval;
use pgrx::{FromDatum, pg_extern, pg_sys};
use serde_json::Value;

use super::definition::{found, load_json, load_policy, parsed, policy_json, profile_columns};
use super::run::{Unit, user, with_run_settings};
use crate::domain::engagement::event_kind::event_kind;
use crate::domain::journey::definition::Definition;
use crate::domain::journey::definition::read_definition::read;
use crate::domain::journey::definition::ready_made::names as ready_made_names;
use crate::domain::journey::engine::batch;
use crate::domain::journey::engine::context::{ActiveVersion, Fresh, RunContext};
use crate::domain::journey::engine::simulation;
use crate::domain::journey::engine::simulation::{Assumed, Wanted};
use crate::domain::journey::engine::why_nobody::why_nobody_enters;
use crate::domain::store::fresh::Watched;
use crate::domain::store::{Store, scoring};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::json::check_length;
use crate::domain::support::sql::expression;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::return_rows;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{Row, holds, rows, run, run_all, value};
use crate::pg::ffi::text::jsonb_text;
use crate::pg::store::refresh_step::{progress_notice, reset_progress_notice};
use crate::pg::store::{look_at, must_exist, must_own, text_argument};

/// What JSON of an object begins with, an opening brace.
const OBJECT: char = '\x7b';

/// The most instants at which decisions are made.
const MOST: usize = 10_000;

/// The instants of a simulation, which the server computes by the calendar of the store's zone.
fn ticks(from: &str, to: &str, every: &str) -> Result<Vec<String>> {
    let arguments = [Some(from), Some(to), Some(every)];
    if !holds("SELECT $1::timestamptz <= $2::timestamptz", &arguments[..2]) {
        return Err(Error::new(Kind::InvalidParameter, "since must not be after until")
            .detail(format!("since is {from}, and until is {to}.")));
    }
    if !holds("SELECT $1::timestamptz + $2::interval > $1::timestamptz", &[Some(from), Some(every)]) {
        return Err(Error::new(Kind::InvalidParameter, format!("every must be positive, and is {}", shorten(every))));
    }
    let query = expression!(
        (),
        "SELECT t::text FROM generate_series($1::timestamptz, $2::timestamptz, $3::interval) AS t LIMIT {limit}",
        limit = MOST + 1
    );
    let ticks: Vec<String> = rows(&query, &arguments).into_iter().filter_map(|row| row.into_iter().next()?).collect();
    if ticks.len() > MOST {
        return Err(Error::new(Kind::InvalidParameter, format!("more than {MOST} instants between since and until"))
            .hint("Choose a shorter period, or a longer interval for every, such as '7 days'."));
    }
    Ok(ticks)
}

/// The reactions that are assumed: an object of kinds of events and their shares.
fn assumed(json: &str) -> Result<Vec<Assumed>> {
    let refused = || {
        Error::new(
            Kind::InvalidParameter,
            format!("assume must be an object of kinds of events and shares, and is {}", shorten(json)),
        )
        .hint("Write it as {\"open\": 0.3, \"click\": 0.05}.")
    };
    check_length(json)?;
    let Ok(Value::Object(members)) = serde_json::from_str(json) else { return Err(refused()) };
    members
        .iter()
        .map(|(kind, share)| {
            let share = share.as_f64().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(refused)?;
            Ok(Assumed { kind: event_kind(kind)?, share })
        })
        .collect()
}

/// (store, definition, since, until, every, assume)
// SQL: simulate_journey(text, jsonb, timestamptz, timestamptz, interval, jsonb) SETOF record
#[pg_extern]
fn simulate_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    simulate(fcinfo, &Of::definition(fcinfo)?)
}

/// The same of a journey of the store by its name; text that begins as JSON does is a definition.
// SQL: simulate_journey_named(text, text, timestamptz, timestamptz, interval, jsonb) SETOF record
#[pg_extern]
fn simulate_journey_named(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    simulate(fcinfo, &Of::name(fcinfo)?)
}

/// What is simulated: a definition, or the journey of the store that has this name.
pub(super) enum Of {
    Definition(String),
    Name(String),
}

impl Of {
    /// The second argument of a call, which SQL declares as jsonb.
    pub(super) fn definition(fcinfo: pg_sys::FunctionCallInfo) -> Result<Self> {
        // SAFETY: SQL declares the argument so.
        let definition = unsafe {
            let arguments = Arguments::of(fcinfo);
            arguments.not_null(1, "definition")?;
            arguments.datum(1).and_then(|json| jsonb_text(json)).unwrap_or_default()
        };
        Ok(Of::Definition(definition))
    }

    /// The second argument of a call, which SQL declares as text; text that begins as JSON does is a definition.
    pub(super) fn name(fcinfo: pg_sys::FunctionCallInfo) -> Result<Self> {
        let journey = text_argument(fcinfo, 1, "journey")?;
        if journey.trim_start().starts_with(OBJECT) {
            // As the server reads it, whose errors say where the JSON ends being one.
            let json = with_pinned_settings(|| value("SELECT $1::jsonb", &[Some(&journey)])).unwrap_or_default();
            return Ok(Of::Definition(json));
        }
        Ok(Of::Name(journey))
    }
}

/// The definition of a journey of the store as [`load_json`] has it: of the version in force, or else of the newest.
///
/// # Errors
/// [`Kind::UndefinedObject`] with the journeys that there are.
fn definition_named(store: &Store, name: &str) -> Result<String> {
    let journey = found(store, name).map_err(|error| {
        let ready_made = ready_made_names().contains(&name);
        let Error { hint, .. } = &error;
        let near = hint.as_ref().map(|hint| format!("{hint} ")).unwrap_or_default();
        if ready_made {
            error.hint(format!("{near}The ready-made one is lifecycle.ready_made_journey('{name}')."))
        } else {
            error
        }
    })?;
    load_json(store, journey.id, journey.version.unwrap_or(journey.newest))
}

fn simulate(fcinfo: pg_sys::FunctionCallInfo, what: &Of) -> SqlResult<()> {
    let name = text_argument(fcinfo, 0, "store")?;
    // SAFETY: SQL declares the arguments as timestamptz, interval and jsonb.
    let (from, to, every, assume) = unsafe {
        let arguments = Arguments::of(fcinfo);
        for (number, name) in [(4, "every"), (5, "assume")] {
            arguments.not_null(number, name)?;
        }
        let every = arguments.datum(4).and_then(|datum| Interval::from_datum(datum, false));
        let assume = arguments.datum(5).and_then(|json| jsonb_text(json)).unwrap_or_default();
        (arguments.instant(2, "since")?, arguments.instant(3, "until")?, every, assume)
    };
    let (Some(from), Some(to), Some(every)) = (from, to, every) else { return Ok(()) };
    let mut simulation = Simulation::of(&name, what)?;
    let assumed = assumed(&assume)?;
    let fit = simulation.play(&from.to_string(), &to.to_string(), &every_text(every), &assumed)?;
    let found = simulation.results(&fit);
    if !found.iter().any(|row| row.get(1).and_then(Option::as_deref) == Some("entered")) {
        simulation.say_why_nobody_enters();
    }
    simulation.end();
    // SAFETY: the call is this function's, and the query has its columns.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// A journey that is played over the past of its store.
pub(super) struct Simulation {
    unit: Unit,
    wanted: Wanted,
    /// Up to when the store knows its sources.
    pub(super) as_of: String,
    /// The first and the last instant at which something was decided.
    played: Option<(String, String)>,
}

impl Simulation {
    /// Of a store of the caller's.
    ///
    /// # Errors
    /// Those of finding the store and reading the journey; [`Kind::NotReady`] for a store that was never refreshed.
    pub(super) fn of(name: &str, what: &Of) -> Result<Self> {
        must_exist(name)?;
        must_own(name)?;
        let attached = look_at(name)?;
        let Some(as_of) = attached.as_of else {
            return Err(Error::new(Kind::NotReady, format!("store \"{}\" was never refreshed", shorten(name)))
                .hint("Run CALL lifecycle.refresh(...) first."));
        };
        let columns = profile_columns(&attached.store);
        let definition = match what {
            Of::Definition(json) => json.clone(),
            Of::Name(journey) => definition_named(&attached.store, journey)?,
        };
        let json = parsed(&definition, "definition")?;
        let journey = ActiveVersion {
            journey: 1,
            name: "simulated".to_owned(),
            version: 1,
            is_current: true,
            started_at: as_of.clone(),
            definition: read(&json, "simulated", &columns)?,
        };
        let policy = load_policy(&attached.store, &columns)?;
        let context = RunContext {
            store: attached.store,
            user: user(),
            is_simulation: true,
            takes_instants: false,
            as_of: as_of.clone(),
            known_until: as_of.clone(),
            watched: Watched::default(),
            fresh: Cell::new(Fresh::Nowhere),
            policy,
            columns,
        };
        let wanted = Wanted::of(&journey, &json, &parsed(&policy_json(&context.store), "policy")?);
        let unit = Unit { context, journeys: vec![journey], batch: 1_000_000 };
        Ok(Simulation { unit, wanted, as_of, played: None })
    }

    /// What the statements of the simulation depend on.
    pub(super) fn context(&self) -> &RunContext {
        &self.unit.context
    }

    /// What is played.
    pub(super) fn definition(&self) -> &Definition {
        &self.unit.journeys[0].definition
    }

    /// Plays it between two instants, at steps of an interval; the fit by which it scored.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for no time, and for too many steps.
    pub(super) fn play(&mut self, from: &str, to: &str, every: &str, assumed: &[Assumed]) -> Result<scoring::Fit> {
        let ticks = with_run_settings(&self.unit.context.store, || ticks(from, to, every))?;
        let started_at =
            with_pinned_settings(|| value("SELECT ($1::timestamptz - '1 microsecond'::interval)::text", &[Some(from)]))
                .unwrap_or_default();
        self.unit.journeys[0].started_at.clone_from(&started_at);
        from.clone_into(&mut self.unit.context.as_of);
        from.clone_into(&mut self.unit.context.known_until);
        self.played = ticks.first().cloned().zip(ticks.last().cloned());
        Ok(self.unit.simulate(&started_at, &ticks, assumed, &self.wanted))
    }

    /// What came of it.
    fn results(&self, fit: &scoring::Fit) -> Vec<Row> {
        let context = &self.unit.context;
        with_run_settings(&context.store, || {
            run_all(&simulation::count(context, &self.unit.journeys[0], fit));
            rows(simulation::results(context), &[])
        })
    }

    /// Says for what reason no customer can have entered.
    pub(super) fn say_why_nobody_enters(&self) {
        let Some((since, until)) = &self.played else { return };
        let why = why_nobody_enters(&self.unit.context, &self.unit.journeys[0], since, until);
        let number = why.count.as_ref().map(|count| with_run_settings(&self.unit.context.store, || value(count, &[])));
        let number = number.flatten().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
        let reason = if number == 0 { why.none } else { format!("{number} {}", why.some) };
        pgrx::notice!("no customer would have entered from {since} until {until}: {reason}");
    }

    /// Drops its tables.
    pub(super) fn end(self) {
        let context = &self.unit.context;
        with_run_settings(&context.store, || {
            run_all(&simulation::end(context));
            run_all(&batch::drop_scratch_tables(context));
        });
    }
}

impl Unit {
    fn simulate(&mut self, started_at: &str, ticks: &[String], assumed: &[Assumed], wanted: &Wanted) -> scoring::Fit {
        let store = self.context.store.clone();
        let fit = with_run_settings(&store, || {
            run_all(&simulation::begin(&self.context, &self.journeys[0]));
            run(simulation::had_happened(&self.context, started_at));
            scoring::Fit::from_json(value(scoring::newest_fit(&store), &[]).as_deref())
        });
        let mut before = started_at;
        reset_progress_notice();
        for (i, tick) in ticks.iter().enumerate() {
            pgrx::check_for_interrupts!();
            self.context.as_of.clone_from(tick);
            self.context.known_until.clone_from(tick);
            with_run_settings(&store, || {
                let (columns, scored) = scoring::scored_in_part(&store, tick, &fit, |column| wanted.has(column));
                run_all(&simulation::profiles(&self.context, &columns, &scored, wanted, i == 0));
                run_all(&simulation::happened(&self.context, before));
                run_all(&simulation::refreshed(&self.context));
                self.work_all();
                run_all(&simulation::react(&self.context, assumed));
                if (i + 1).is_power_of_two() {
                    run_all(&simulation::analyze(&self.context));
                }
            });
            before = tick;
            let (number, all) = (i + 1, ticks.len());
            progress_notice(|| format!("simulated until {tick}: {number} of {all} instants"));
        }
        fit
    }
}

/// An interval as text that reads back the same.
pub(super) fn every_text(every: Interval) -> String {
    format!("{} months {} days {} microseconds", every.months(), every.days(), every.micros())
}
