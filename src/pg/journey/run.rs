//! A run of a store's journeys, unit by unit: each is a transaction that locks some customers, does all that is due for them, and
//! leaves a state from which any other worker can go on.

use std::cell::Cell;
use std::collections::BTreeSet;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};

use super::brake::hold_disliked;
use super::definition::{load, load_policy, profile_columns};
use super::delivery::notify_new_actions;
use super::fresh::{freshen, watched};
use super::hold;
use super::tally::{self, tally};
use crate::domain::journey::definition::StepKind;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::engine::context::{ActiveVersion, BUCKETS, Fresh, RunContext};
use crate::domain::journey::engine::leave::Scope;
use crate::domain::journey::engine::{batch, brake, decide, enter, fresh, leave, occasion};
use crate::domain::store::Store;
use crate::domain::store::planner::{PLANNER, PLANNER_OF_RUNS};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, TEXT_FORMATS, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{Row, holds, rows, run, run_all, run_with, value};
use crate::pg::ffi::text::{Text, text_of};
use crate::pg::ffi::time::now;
use crate::pg::store::refresh_step::check_tables;
use crate::pg::store::{Attached, look_at, must_exist, must_own, text_argument};

// ---- what a unit works on -------------------------------------------------------------------------------------------

/// What a unit of a run works on.
pub struct Unit {
    /// Tables, instant, policy.
    pub context: RunContext,
    /// All versions that people can be in, by number.
    pub journeys: Vec<ActiveVersion>,
    /// How many customers at once.
    pub batch: u32,
}

/// What is done next; as text it goes through the procedure, which commits in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Who leaves, after a refresh.
    Exits,
    /// What was recorded.
    Events,
    /// Who enters the journey of this number or a later one.
    Entries(i32),
    /// What became of actions.
    Settled,
    /// Customers who are due.
    Decisions,
}

impl Phase {
    fn read(text: Option<&str>) -> Self {
        match text {
            Some("events") => Phase::Events,
            Some("settled") => Phase::Settled,
            Some("decisions") => Phase::Decisions,
            Some(text) => match text.strip_prefix("entries ").and_then(|number| number.parse().ok()) {
                Some(journey) => Phase::Entries(journey),
                None => Phase::Exits,
            },
            None => Phase::Exits,
        }
    }

    fn show(self) -> String {
        match self {
            Phase::Exits => "exits".to_owned(),
            Phase::Events => "events".to_owned(),
            Phase::Entries(journey) => format!("entries {journey}"),
            Phase::Settled => "settled".to_owned(),
            Phase::Decisions => "decisions".to_owned(),
        }
    }
}

/// What a phase has come to.
pub(super) enum PhaseResult {
    /// It did something, which is to be committed before this.
    To(Phase),
    /// It had nothing to do.
    Past,
}

/// What was taken down of all that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claimed {
    /// Nothing: there is nothing due but what others hold.
    Nothing,
    /// A part, or all but what others hold.
    Some,
    /// Everything.
    Everything,
}

impl Unit {
    fn read(attached: Attached, as_of: &str, batch: u32) -> Result<Self> {
        let context = context_of(attached, as_of)?;
        let journeys = live_versions(&context.store, &context.columns)?;
        Ok(Unit { context, journeys, batch })
    }

    /// The versions that people enter.
    pub(super) fn current(&self) -> impl Iterator<Item = &ActiveVersion> {
        self.journeys.iter().filter(|journey| journey.is_current)
    }

    pub(super) fn full(&self, rows: u64) -> bool {
        rows >= u64::from(self.batch)
    }

    /// Does one unit of a phase and those after it that have nothing to do; what comes next, or None at the end.
    fn work(&self, mut phase: Phase) -> Option<Phase> {
        if self.journeys.is_empty() {
            return None;
        }
        run_all(&batch::scratch_tables(&self.context));
        if phase == Phase::Exits && !self.context.is_simulation {
            run(brake::begin_release(&self.context));
        }
        loop {
            let came = match phase {
                Phase::Exits => self.exits(),
                Phase::Events => self.events(),
                Phase::Entries(journey) => self.entries(journey),
                Phase::Settled => self.settled(),
                Phase::Decisions => self.decisions(),
            };
            match (came, phase) {
                (PhaseResult::To(next), _) => return Some(next),
                (PhaseResult::Past, Phase::Exits) => phase = Phase::Events,
                (PhaseResult::Past, Phase::Events) => phase = Phase::Entries(0),
                (PhaseResult::Past, Phase::Entries(_)) => phase = Phase::Settled,
                (PhaseResult::Past, Phase::Settled) => phase = Phase::Decisions,
                (PhaseResult::Past, Phase::Decisions) => return None,
            }
        }
    }

    /// Does all units without a commit in between.
    pub fn work_all(&self) {
        let mut phase = Some(Phase::Exits);
        while let Some(now) = phase {
            phase = self.work(now);
        }
    }

    /// Reads the rows of these customers that changed since the last refresh; how many customers there are.
    pub(super) fn freshen(&self, whom: Scope) -> u64 {
        freshen(&self.context, &fresh::customers(&self.context, whom))
    }

    // ---- who leaves -------------------------------------------------------------------------------------------------

    pub(super) fn leave(&self, whom: Scope) {
        for journey in &self.journeys {
            if let Some(statement) = leave::leave(&self.context, journey, whom) {
                let left = run(&statement);
                tally(|tally| tally.left += left);
            }
        }
    }

    /// Puts off what is due for customers whose order is not found just now.
    fn put_off(&self) {
        for journey in &self.journeys {
            if let Some(statement) = leave::put_off(&self.context, journey, Scope::Changed) {
                run(&statement);
            }
        }
    }

    pub(super) fn wake(&self, whom: Scope) {
        for journey in &self.journeys {
            run_all(&leave::wake(&self.context, journey, whom));
        }
    }

    /// After a refresh one worker looks at all customers in journeys, bucket by bucket.
    fn exits(&self) -> PhaseResult {
        let found = rows(sql!(self.context, "sql/sweep.sql"), &[Some(&self.context.store.name)]);
        let Some([Some(refreshed_at), Some(next)]) = found.first().map(Vec::as_slice) else { return PhaseResult::Past };
        if self.context.is_simulation {
            self.leave(Scope::Everybody);
            self.wake(Scope::Everybody);
            run_with(batch::swept(&self.context), &[Some(refreshed_at)]);
            return PhaseResult::To(Phase::Events);
        }
        let bucket: u8 = next.parse().unwrap_or_default();
        if bucket == 0 {
            run(batch::expire(&self.context, &self.journeys));
        }
        self.lock(&batch::lock(&self.context.store, bucket));
        self.freshen(Scope::Bucket(bucket));
        self.leave(Scope::Bucket(bucket));
        self.wake(Scope::Bucket(bucket));
        let is_last = bucket + 1 >= BUCKETS;
        let swept = match is_last {
            true => batch::swept(&self.context),
            false => sql!(self.context, "sql/sweep_next.sql", next = bucket + 1),
        };
        run_with(&swept, &[Some(refreshed_at)]);
        PhaseResult::To(if is_last { Phase::Events } else { Phase::Exits })
    }

    /// Takes locks, which a simulation does not need.
    pub(super) fn lock(&self, statement: &Sql) {
        if !self.context.is_simulation {
            rows(statement, &[]);
        }
    }

    /// Takes out of what was taken down the customers who were forgotten or merged before they were locked.
    pub(super) fn leave_out(&self, of: &[&str]) {
        if !self.context.is_simulation {
            for table in of {
                run(batch::leave_out(&self.context, table));
            }
        }
    }

    // ---- what became of actions -------------------------------------------------------------------------------------

    /// Customers whose message was sent, or will not be, go on.
    fn settled(&self) -> PhaseResult {
        let found = run(batch::take_settled(&self.context, self.batch));
        if found == 0 {
            return PhaseResult::Past;
        }
        run(batch::customers_of_settled(&self.context));
        self.lock(&batch::lock_all(&self.context, batch::CUSTOMERS));
        run(batch::wake_settled(&self.context));
        PhaseResult::To(if self.full(found) { Phase::Settled } else { Phase::Decisions })
    }

    // ---- what is decided --------------------------------------------------------------------------------------------

    fn decisions(&self) -> PhaseResult {
        let taken = self.take_due();
        if taken == Claimed::Nothing {
            return PhaseResult::Past;
        }
        let mut channels = BTreeSet::new();
        loop {
            let due = self.due_steps();
            if due.is_empty() {
                break;
            }
            let steps: Vec<(i32, i32, usize)> = due.iter().map(|(step, _)| *step).collect();
            let (at, step) = or_raise(batch::first(&self.journeys, &steps));
            pgrx::check_for_interrupts!();
            let journey = &self.journeys[at];
            let decided = batch::number_at(journey, step, &due);
            tally(|tally| tally.decided += decided);
            match &journey.definition.steps[step].kind {
                StepKind::Act { act, .. } => {
                    channels.insert(act.channel.clone());
                }
                StepKind::Call { journey: called, .. } => self.call(journey, step, called),
                _ => {}
            }
            run(decide::decide(&self.context, journey, step));
        }
        if !self.context.is_simulation {
            notify_new_actions(&self.context.store.name, &channels.into_iter().collect::<Vec<_>>());
        }
        // Whoever was due and goes on to be due again was decided about in the loop.
        if taken == Claimed::Everything { PhaseResult::Past } else { PhaseResult::To(Phase::Decisions) }
    }

    /// Takes down what is due for some customers whom no other worker holds.
    fn take_due(&self) -> Claimed {
        let mut found = 0;
        let mut holds_all = true;
        let mut buckets: Vec<u8> = (0..BUCKETS).collect();
        // SAFETY: reads a variable of the backend.
        let start = unsafe { pg_sys::MyProcPid }.unsigned_abs() as usize % buckets.len();
        buckets.rotate_left(start); // so that workers do not all begin at the same one
        let mut rest = &buckets[..];
        // Some buckets first, then more and more: no worker shall hold what another could work on.
        let mut some = if self.context.is_simulation { buckets.len() } else { 4 };
        while !rest.is_empty() && !self.full(found) {
            let (asked, others) = rest.split_at(some.min(rest.len()));
            rest = others;
            some *= 2;
            let held = self.held(asked);
            holds_all &= held.len() == asked.len();
            if !held.is_empty() {
                let room = u64::from(self.batch) - found;
                found += run(batch::take_due(&self.context, &self.journeys, &held, room));
            }
        }
        if found == 0 {
            return Claimed::Nothing;
        }
        let depends_on_time =
            |journey: &ActiveVersion| journey.definition.unless.as_ref().is_some_and(leave::depends_on_time);
        let has_changed = freshen(&self.context, &self.context.scratch("due")) > 0;
        let must_leave = !self.is_swept() || self.journeys.iter().any(depends_on_time);
        // Of a customer either every due step is decided or none, because of priorities. A customer is in a journey without keys once at
        // most.
        let is_one = self
            .journeys
            .iter()
            .all(|journey| journey.journey == self.journeys[0].journey && !occasion::has_keys(journey));
        if must_leave || has_changed || self.full(found) && !is_one {
            run(batch::customers_due(&self.context));
            if must_leave {
                self.leave(Scope::Customers);
            } else if has_changed {
                self.leave(Scope::Changed);
            }
            if has_changed {
                self.put_off();
            }
            run_all(&batch::take_all_due(&self.context, &self.journeys));
        }
        if holds_all && !self.full(found) { Claimed::Everything } else { Claimed::Some }
    }

    /// Those of these buckets that are ours now.
    fn held(&self, buckets: &[u8]) -> Vec<u8> {
        if self.context.is_simulation {
            return buckets.to_vec();
        }
        let held = rows(batch::try_lock(&self.context, buckets), &[]);
        held.iter().filter_map(|row| row[0].as_ref()?.parse().ok()).collect()
    }

    /// Whether all customers were looked at since the last refresh.
    fn is_swept(&self) -> bool {
        holds(sql!(self.context, "sql/is_swept.sql"), &[Some(&self.context.store.name)])
    }

    fn call(&self, journey: &ActiveVersion, step: usize, called: &str) {
        if let Some(called) = self.current().find(|other| other.name == called) {
            let occasions = enter::by_call(&self.context, journey, step);
            self.enter(called, &occasions, Some((journey, step)));
            run(batch::take_called(&self.context, journey, step, called));
        }
    }

    /// The steps at which customers are due, and how many.
    fn due_steps(&self) -> Vec<((i32, i32, usize), u64)> {
        let read = |text: &Option<String>| text.as_ref()?.parse::<i32>().ok();
        let read = |row: &Row| {
            let step = (read(&row[0])?, read(&row[1])?, usize::try_from(read(&row[2])?).ok()?);
            Some((step, row[3].as_ref()?.parse().ok()?))
        };
        rows(batch::due_steps(&self.context), &[]).iter().filter_map(read).collect()
    }
}

/// What the decisions about a store depend on at an instant.
pub fn context_of(attached: Attached, as_of: &str) -> Result<RunContext> {
    let watched = watched(&attached)?;
    let known_until = earlier(as_of, attached.as_of.as_deref());
    let store = attached.store;
    let columns = profile_columns(&store);
    let policy = load_policy(&store, &columns)?;
    let context = RunContext {
        store,
        user: user(),
        is_simulation: false,
        takes_instants: false,
        as_of: as_of.to_owned(),
        known_until,
        watched,
        fresh: Cell::new(Fresh::Nowhere),
        policy,
        columns,
    };
    Ok(context)
}

/// All versions of the live journeys that a customer can be in, by journey and version.
fn live_versions(store: &Store, columns: &[ProfileColumn]) -> Result<Vec<ActiveVersion>> {
    let query = sql!(store, "sql/live_versions.sql");
    let live = |row: &Row| {
        let text = |i: usize| row.get(i).cloned().flatten().unwrap_or_default();
        let number = |i: usize| text(i).parse().unwrap_or_default();
        let definition = load(store, columns, number(0), number(2))?;
        Ok(ActiveVersion {
            journey: number(0),
            name: text(1),
            version: number(2),
            is_current: text(3) == "true",
            started_at: text(4),
            definition,
        })
    };
    with_pinned_settings(|| rows(&query, &[])).iter().map(live).collect()
}

/// The earlier of two instants.
fn earlier(one: &str, other: Option<&str>) -> String {
    with_pinned_settings(|| value("SELECT LEAST($1::timestamptz, $2::timestamptz)::text", &[Some(one), other]))
        .unwrap_or_else(|| one.to_owned())
}

/// The number of the current role.
pub fn user() -> u32 {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::GetUserId() }.to_u32()
}

/// Runs statements of a unit: in the store's time zone, and finding nothing but what they name.
pub fn with_run_settings<T>(store: &Store, run: impl FnOnce() -> T) -> T {
    let settings = [SEARCH_PATH, NO_NOTICES, ("TimeZone", store.zone())];
    with_settings(&[&TEXT_FORMATS[..], &PLANNER[..], &PLANNER_OF_RUNS[..], &settings[..]].concat(), run)
}

// ---- as SQL calls it ------------------------------------------------------------------------------------------------

/// The store, for a caller who may run its journeys, at an instant at which they can run.
fn check(name: &str, as_of: Instant) -> Result<Attached> {
    must_exist(name)?;
    must_own(name)?;
    let attached = look_at(name)?;
    if attached.as_of.is_none() {
        return Err(Error::new(Kind::NotReady, format!("store \"{}\" was never refreshed", shorten(name)))
            .detail("Journeys read the profiles that the last refresh has written.")
            .hint("Run CALL lifecycle.refresh(...) first."));
    }
    let now = now();
    if as_of.since(now) > DAY {
        return Err(Error::new(Kind::InvalidParameter, "as_of is more than one day in the future")
            .detail(format!("as_of is {as_of}."))
            .hint("Leave as_of out for the present."));
    }
    // SAFETY: reads a variable of the backend.
    if unsafe { pg_sys::XactIsoLevel } >= pg_sys::XACT_REPEATABLE_READ as i32 {
        return Err(Error::new(Kind::NotReady, "cannot run journeys under REPEATABLE READ or SERIALIZABLE")
            .detail("A worker that locks a customer must see the decisions that others have committed.")
            .hint("Run BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside a transaction block."));
    }
    Ok(attached)
}

/// Says that a run does nothing, and why.
fn notice(error: &Error) {
    let report = ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("no journey was run: {}", error.message),
        "pg_lifecycle",
    );
    match &error.hint {
        Some(hint) => report.set_hint(hint.clone()).report(PgLogLevel::NOTICE),
        None => report.report(PgLogLevel::NOTICE),
    }
}

/// (store, as_of, batch, phase): does one unit of a run, and says with what the next begins; NULL at the end
// SQL: work_journeys(text, timestamptz, integer, text) text
#[pg_extern]
fn work_journeys(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Text>> {
    let name = text_argument(fcinfo, 0, "store")?;
    // SAFETY: SQL declares the arguments as timestamptz, integer and text.
    let arguments = unsafe { Arguments::of(fcinfo) };
    let Some(as_of) = arguments.instant(1, "as_of")? else { return Ok(None) };
    arguments.not_null(2, "batch")?;
    let batch = arguments.datum(2).map_or(0, |datum| datum.value() as i32);
    if !(1..=1_000_000).contains(&batch) {
        return Err(
            Error::new(Kind::InvalidParameter, format!("batch must be from 1 to 1000000, and is {batch}")).into()
        );
    }
    // SAFETY: as above.
    let phase = unsafe { arguments.bytes(3) }.map(text_of);
    if phase.is_none() {
        tally::begin();
    }
    let attached = check(&name, as_of)?;
    if let Err(error) = hold::check_store(&attached.store) {
        notice(&error);
        return Ok(None);
    }
    if attached.store.settings.consents.is_some() {
        check_tables(&attached.store)?;
    }
    if phase.is_none() {
        with_pinned_settings(|| run_with(sql!(attached.store, "sql/ran.sql"), &[Some(&as_of.to_string())]));
        let unit = Unit::read(attached, &as_of.to_string(), batch.unsigned_abs())?;
        with_run_settings(&unit.context.store, || hold_disliked(&unit.context, &unit.journeys));
        // Committed at once, so that no other run waits for it.
        return Ok(Some(Text(Phase::Exits.show())));
    }
    let unit = Unit::read(attached, &as_of.to_string(), batch.unsigned_abs())?;
    let next = with_run_settings(&unit.context.store, || unit.work(Phase::read(phase.as_deref())));
    if next.is_none() {
        tally::report(&name);
    }
    Ok(next.map(|next| Text(next.show())))
}
