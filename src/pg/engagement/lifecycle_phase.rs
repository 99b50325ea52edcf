//! The phase and the stage of the relationship with a person, from purchases and engagement.

use pgrx::datum::Interval;
use pgrx::pg_extern;

use crate::domain::engagement::Engagement;
use crate::domain::engagement::contact_state::ContactState;
use crate::domain::engagement::lifecycle_phase::{Customer, LifecyclePhase, Terms};
use crate::domain::engagement::relationship_stage::Steps;
use crate::domain::history::History;
use crate::domain::history::summary::{Facts, purchase_days};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::enum_type::Label;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::numeric::NumericArgument;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::Term;

/// The terms of a phase, which end by the calendar of the session.
struct ByCalendar {
    as_of: Instant,
    inactive_after: Term,
    engaged_within: Term,
    win_back_wait: Term,
}

impl Terms for ByCalendar {
    fn active(&self, at: Instant) -> bool {
        self.inactive_after.holds(at, self.as_of)
    }

    fn engaged(&self, at: Instant) -> bool {
        self.engaged_within.holds(at, self.as_of)
    }

    fn waiting(&self, at: Instant) -> bool {
        self.win_back_wait.holds(at, self.as_of)
    }
}

#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn lifecycle_phase(
    h: History<'_>,
    e: Engagement<'_>,
    as_of: Instant,
    average_spend: Option<NumericArgument>,
    vip: Option<bool>,
    inactive_after: Option<Interval>,
    engaged_within: Option<Interval>,
    win_back_at: Option<Instant>,
    win_back_wait: Option<Interval>,
) -> SqlResult<Option<Label>> {
    let terms = ByCalendar {
        as_of,
        inactive_after: Term::of("inactive_after", inactive_after)?,
        engaged_within: Term::of("engaged_within", engaged_within)?,
        win_back_wait: Term::of("win_back_wait", win_back_wait)?,
    };
    let facts = Facts::of(&h, as_of);
    let above_average = average_spend.map(|average| average.is_exceeded_by(facts.spend)).transpose()?;
    let customer = Customer {
        last_purchase: facts.span.map(|(_, last)| last),
        is_valuable: vip == Some(true) || above_average == Some(true),
        // What was not yet offered at that instant is not known then.
        win_back_at: win_back_at.filter(|&at| at <= as_of),
    };
    let phase = LifecyclePhase::of(&customer, &ContactState::of(&e, as_of), &terms);
    Ok(phase.map(|phase| Label(phase.label())))
}

#[pg_extern]
fn relationship_stage(
    h: History<'_>,
    e: Engagement<'_>,
    as_of: Instant,
    retain_from: Option<i64>,
    advocate_referrals: Option<i64>,
    referred_buyers: Option<i64>,
) -> SqlResult<Label> {
    let steps = match (retain_from, advocate_referrals) {
        (Some(retain_from), Some(advocate_referrals)) => Steps::new(retain_from, advocate_referrals)?,
        _ => return Err(Error::new(Kind::NullNotAllowed, "retain_from and advocate_referrals must not be NULL").into()),
    };
    let days = purchase_days(&h, as_of, &SessionZone).count() as u64;
    let stage = steps.stage(days, &ContactState::of(&e, as_of), count_of("referred_buyers", referred_buyers)?);
    Ok(Label(stage.label()))
}

/// A number of things; NULL is none.
fn count_of(name: &str, count: Option<i64>) -> Result<u64> {
    let count = count.unwrap_or(0);
    u64::try_from(count).map_err(|_| {
        Error::new(Kind::InvalidParameter, format!("{name} out of range: {count}"))
            .detail(format!("{name} must be at least 0."))
    })
}
