//! What one store hands over: actions are chosen, judged by the definition of their journey, and handed over or not.
//!
//! The statements depend on the settings, the policy, the profile and the definitions, and are written once a session: a claim begins with
//! a look at whether these are still the same.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Instant as Moment;

use super::access::StoreAccess;
use super::brake::hold_without_codes;
use super::definition::{journey_name, load, load_policy, profile_columns};
use super::delivery::present;
use super::fresh::watched;
use super::hold;
use super::run::with_run_settings;
use crate::domain::journey::codes;
use crate::domain::journey::delivery;
use crate::domain::journey::engine::context::{ActiveVersion, Fresh, RunContext};
use crate::domain::journey::engine::hand_over::{acts, changed, choose, judge};
use crate::domain::store::Store;
use crate::domain::support::error::Result;
use crate::domain::support::sql::Sql;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::or_raise;
use crate::pg::ffi::spi::{Row, array_text, rows_of_kept};
use crate::pg::store::look_at;
use crate::pg::store::refresh_step::check_tables;

/// What a sender asks for.
pub struct Wanted<'a> {
    /// Of which channel.
    pub channel: &'a str,
    /// How many actions at most.
    pub number: i32,
    /// How long the lease of an action lasts, in microseconds, from the moment when it is judged.
    pub lease: i64,
    /// Who asks.
    pub claimant: Option<&'a str>,
}

/// An action that is handed over.
pub struct Claim {
    pub action: i64,
    pub key: String,
    pub customer: Option<String>,
    pub template: Option<String>,
    pub payload: Option<String>,
    pub journey: String,
    pub version: i32,
    pub step: String,
    pub decided_at: Option<Instant>,
    pub attempts: i32,
    /// The end of the lease.
    pub until: Instant,
    priority: i32,
}

/// The statements of a store, as long as what they depend on stays the same.
struct Statements {
    stamp: [Option<String>; 3],
    context: RunContext,
    choose: Sql,
    changed: Option<Sql>,
    versions: RefCell<HashMap<(i32, i32, String), Rc<Version>>>,
}

/// The statements that judge the actions of a version by a channel.
struct Version {
    journey: ActiveVersion,
    judge: Sql,
    /// The same with histories that are built anew.
    judge_fresh: Sql,
    /// The statement that gives actions their codes, where any needs one.
    take_codes: Option<Sql>,
}

/// Stores whose statements a session keeps.
const KEPT: usize = 20;

thread_local! {
    static KNOWN: RefCell<HashMap<u32, Rc<Statements>>> = RefCell::new(HashMap::new());
}

impl Statements {
    /// Those of a store whose head is this.
    fn of(access: &StoreAccess, stamp: [Option<String>; 3]) -> Result<Rc<Self>> {
        let known = KNOWN.with_borrow(|known| known.get(&access.identity()).cloned());
        if let Some(known) = known.filter(|known| known.stamp == stamp) {
            return Ok(known);
        }
        let attached = look_at(&access.store.name)?;
        let watched = watched(&attached)?;
        let store = attached.store;
        let columns = profile_columns(&store);
        let policy = load_policy(&store, &columns)?;
        let choose = choose(&store, !policy.caps.is_empty());
        let context = RunContext {
            store,
            user: 0,
            is_simulation: false,
            takes_instants: true,
            as_of: String::new(),
            known_until: String::new(),
            watched,
            fresh: Cell::new(Fresh::Nowhere),
            policy,
            columns,
        };
        let changed = changed(&context);
        let made = Rc::new(Statements { stamp, context, choose, changed, versions: RefCell::default() });
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(access.identity(), Rc::clone(&made));
        });
        Ok(made)
    }

    /// The version of a journey, for a channel.
    fn version(&self, journey: i32, version: i32, channel: &str) -> Result<Rc<Version>> {
        let key = (journey, version, channel.to_owned());
        if let Some(known) = self.versions.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let store = &self.context.store;
        let name = journey_name(store, journey);
        let definition = load(store, &self.context.columns, journey, version)?;
        let journey = ActiveVersion { journey, name, version, is_current: true, started_at: String::new(), definition };
        let stored = judge(&self.context, &journey, channel);
        self.context.fresh.set(Fresh::InStatement);
        let fresh = judge(&self.context, &journey, channel);
        self.context.fresh.set(Fresh::Nowhere);
        let take_codes = codes::take(store, &acts(&journey, channel));
        let made = Rc::new(Version { judge: stored, judge_fresh: fresh, take_codes, journey });
        self.versions.borrow_mut().insert(key, Rc::clone(&made));
        Ok(made)
    }
}

impl Statements {
    /// Those of the customers of these actions whose rows changed since the last refresh, as an array in text; None if there are none.
    fn changed_customers(&self, actions: &str) -> Option<String> {
        let found = rows_of_kept(self.changed.as_ref()?, &[Some(actions)]);
        let keys: Vec<String> = found.into_iter().filter_map(|row| row.into_iter().next()?).collect();
        (!keys.is_empty()).then(|| array_text(&keys))
    }
}

/// An action that was chosen.
struct Chosen {
    id: String,
    version: (i32, i32),
    customer: Option<String>,
}

impl Chosen {
    fn of(row: Row) -> Option<Self> {
        let [id, journey, version, customer] = <[Option<String>; 4]>::try_from(row).ok()?;
        Some(Chosen { id: id?, version: (journey?.parse().ok()?, version?.parse().ok()?), customer })
    }
}

/// Chooses actions, judges each, and hands over those that may be, until there are as many as are wanted, there are none left, or half of
/// the budget is spent: what was judged stays judged.
///
/// # Errors
/// [`NotReady`](crate::domain::support::error::Kind::NotReady) while something holds the store.
pub fn hand_over(access: &StoreAccess, wanted: &Wanted<'_>, budget: i64) -> Result<Vec<Claim>> {
    let begin = Moment::now();
    let row = rows_of_kept(delivery::head(&access.store), &[]).into_iter().next().unwrap_or_default();
    let mut head = row.into_iter();
    let mut next = || head.next().flatten();
    let stamp = [next(), next(), next()];
    let (now, known_until, home) = (next(), next(), next());
    hold::check(&access.store.name, home.as_deref(), [next(), next(), next()])?;
    let statements = Statements::of(access, stamp)?;
    if statements.context.store.settings.consents.is_some() {
        check_tables(&statements.context.store)?;
    }
    with_run_settings(&statements.context.store, || {
        let mut claims: Vec<Claim> = Vec::new();
        while claims.len() < wanted.number as usize && begin.elapsed().as_micros() < (budget / 2) as u128 {
            let room = (wanted.number as usize - claims.len()).to_string();
            let asked_at = present()?.to_string();
            let arguments = [Some(wanted.channel), now.as_deref(), Some(asked_at.as_str()), Some(room.as_str())];
            let chosen: Vec<Chosen> =
                rows_of_kept(&statements.choose, &arguments).into_iter().filter_map(Chosen::of).collect();
            let is_last = chosen.len() + claims.len() < wanted.number as usize;
            for ((_, (journey, version)), ids) in rounds(chosen, !statements.context.policy.caps.is_empty()) {
                pgrx::check_for_interrupts!();
                let of = statements.version(journey, version, wanted.channel)?;
                let ids = format!("{{{}}}", ids.join(","));
                // Later than the moment as of which other leases were over, so that no two leases of an action overlap.
                let until = Instant::from_micros(present()?.micros() + wanted.lease)?;
                let end = until.to_string();
                let arguments =
                    [Some(ids.as_str()), now.as_deref(), known_until.as_deref(), Some(end.as_str()), wanted.claimant];
                let judged = match statements.changed_customers(&ids) {
                    Some(changed) => {
                        or_raise(check_tables(&statements.context.store));
                        let arguments = [&arguments[..], &[Some(changed.as_str())]].concat();
                        rows_of_kept(&of.judge_fresh, &arguments)
                    }
                    None => rows_of_kept(&of.judge, &arguments),
                };
                let handed: Vec<Claim> = judged
                    .into_iter()
                    .filter_map(|row| claim(&statements.context.store, &of.journey, until, row))
                    .collect();
                claims.extend(with_codes(&statements.context.store, &of, handed, now.as_deref()));
            }
            if is_last {
                break;
            }
        }
        claims.sort_by_key(|claim| (Reverse(claim.priority), claim.decided_at.map(Instant::micros), claim.action));
        Ok(claims)
    })
}

/// The actions by round and version: where caps count, those of a customer are judged one after the other.
fn rounds(chosen: Vec<Chosen>, one_by_one: bool) -> BTreeMap<(usize, (i32, i32)), Vec<String>> {
    let mut seen: HashMap<Option<String>, usize> = HashMap::new();
    let mut rounds: BTreeMap<(usize, (i32, i32)), Vec<String>> = BTreeMap::new();
    for Chosen { id, version, customer } in chosen {
        let round = if one_by_one {
            let times = seen.entry(customer).or_default();
            *times += 1;
            *times
        } else {
            0
        };
        rounds.entry((round, version)).or_default().push(id);
    }
    rounds
}

/// The actions with their codes, but for those for which there is none: a pool that has no more holds the journey.
fn with_codes(store: &Store, of: &Version, claims: Vec<Claim>, now: Option<&str>) -> Vec<Claim> {
    let Some(take) = of.take_codes.as_ref().filter(|_| !claims.is_empty()) else { return claims };
    let ids: Vec<String> = claims.iter().map(|claim| claim.action.to_string()).collect();
    let ids = format!("{{{}}}", ids.join(","));
    let mut dry = None;
    let mut payloads: HashMap<i64, Option<String>> = HashMap::new();
    for row in rows_of_kept(take, &[Some(ids.as_str()), now]) {
        let mut row = row.into_iter();
        let mut next = || row.next().flatten();
        if let Some(action) = next().and_then(|action| action.parse().ok()) {
            payloads.insert(action, next());
            dry = next().or(dry);
        }
    }
    if let Some(pool) = dry {
        hold_without_codes(store, &of.journey, &pool);
    }
    let with_code = |mut claim: Claim| {
        match payloads.get(&claim.action) {
            // Its step needs none.
            None => return Some(claim),
            Some(payload) => claim.payload.clone_from(payload),
        }
        claim.payload.is_some().then_some(claim)
    };
    claims.into_iter().filter_map(with_code).collect()
}

/// A judged action as it is handed over; None if it is not.
fn claim(store: &Store, journey: &ActiveVersion, until: Instant, row: Row) -> Option<Claim> {
    let mut row = row.into_iter();
    let mut next = || row.next().flatten();
    let action: i64 = next()?.parse().ok()?;
    if next().as_deref() != Some("claimed") {
        return None;
    }
    let (customer, template, payload, step) = (next(), next(), next(), next()?);
    let micros = next().and_then(|micros| micros.parse().ok());
    let (attempts, priority) = (next()?.parse().ok()?, next()?.parse().ok()?);
    // What was decided before stores had one goes by its old key.
    let key = match next() {
        Some(incarnation) => format!("{}/{incarnation}/{action}", store.name),
        None => format!("{}/{action}", store.name),
    };
    let place: usize = step.parse().unwrap_or_default();
    let step = journey.definition.steps.get(place.wrapping_sub(1)).map_or(step, |step| step.name.clone());
    Some(Claim {
        action,
        key,
        customer,
        template,
        payload,
        journey: journey.name.clone(),
        version: journey.version,
        step,
        decided_at: micros.and_then(|micros| Instant::from_micros(micros).ok()),
        attempts,
        until,
        priority,
    })
}
