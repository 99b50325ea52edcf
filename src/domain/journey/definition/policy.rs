//! What holds for all journeys of a store: how often and when customers are written to, who is in the control group of all, and
//! which action an order is credited to.

use super::{Definition, StepKind, TimeOfDay};
use crate::domain::store::journey_defaults::{ATTRIBUTION_WINDOW, DEADLINE};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::span::Span;

/// The policy of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// How many actions a customer may get.
    pub caps: Vec<Cap>,
    /// From when to when nothing is sent, in the customer's zone.
    pub quiet_hours: Option<(TimeOfDay, TimeOfDay)>,
    /// The days of the week on which something is sent (Monday is 0); empty for all.
    pub weekdays: Vec<u8>,
    /// The attribute of the profile that holds the customer's time zone.
    pub time_zone: Option<String>,
    /// How long an action may be postponed.
    pub deadline: Span,
    /// Whether customers get only what they have agreed to get; None for where the store knows who has agreed.
    pub requires_consent: Option<bool>,
    /// The share of customers who get nothing from any journey.
    pub control: f64,
    /// Which action an order is credited to.
    pub attribution: Attribution,
    /// How many customers may enter a journey within 24 hours; None for what the store's own past makes of it.
    pub max_entries: Option<MaxEntries>,
}

/// How many customers may enter a journey within 24 hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxEntries {
    /// So many.
    Customers(u32),
    /// This share of all customers.
    Share(f64),
}

/// At most so many actions in any stretch of time of this length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// How long the stretch is.
    pub per: Span,
    /// How many.
    pub most: u32,
    /// By this way; None for all together.
    pub channel: Option<String>,
}

/// Which action an order is credited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// How long before the order its touch may lie.
    pub window: Span,
    /// Whether the first touch in the window counts, and not the last.
    pub is_first_touch: bool,
    /// What counts as a touch: sent, open or click.
    pub touch: Touch,
}

/// What counts as a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// The message was sent.
    Sent,
    /// It was opened.
    Open,
    /// A link in it was followed.
    Click,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            caps: Vec::new(),
            quiet_hours: None,
            weekdays: Vec::new(),
            time_zone: None,
            deadline: DEADLINE,
            requires_consent: None,
            control: 0.0,
            attribution: Attribution { window: ATTRIBUTION_WINDOW, is_first_touch: false, touch: Touch::Sent },
            max_entries: None,
        }
    }
}

/// The minutes of a day.
const DAY: u32 = 24 * 60;
/// The days of the week, Monday first.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// So many minutes as a policy says them.
fn in_words(minutes: u32) -> String {
    let parts = [(minutes / DAY, "day"), (minutes % DAY / 60, "hour"), (minutes % 60, "minute")];
    let shown = parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| {
        let plural = if *number == 1 { "" } else { "s" };
        format!("{number} {unit}{plural}")
    });
    shown.collect::<Vec<_>>().join(" ")
}

impl Policy {
    /// Whether something is sent at this minute of a week that begins on Monday.
    fn permits(&self, minute: u32) -> bool {
        let (day, time) = (minute / DAY, minute % DAY);
        let is_quiet = self.quiet_hours.is_some_and(|(from, to)| {
            let (from, to) = (u32::from(from.0), u32::from(to.0));
            if from <= to { (from..to).contains(&time) } else { time >= from || time < to }
        });
        !is_quiet && (self.weekdays.is_empty() || self.weekdays.iter().any(|of| u32::from(*of) == day))
    }

    /// The longest time in which nothing is sent: the minute of the week at which it begins, and how many it has.
    fn longest_wait(&self) -> (u32, u32) {
        let week = 7 * DAY;
        let (mut longest, mut length) = ((0, 0), 0);
        // Twice, for a wait may go on into the next week.
        for minute in 0..2 * week {
            length = if self.permits(minute % week) { 0 } else { length + 1 };
            if length > longest.1 {
                longest = ((minute + 1 - length) % week, length);
            }
        }
        longest
    }

    /// Refuses a deadline, at this place, that is over before something may be sent.
    fn check_deadline(&self, place: &str, deadline: Span) -> Result<()> {
        let (from, wait) = self.longest_wait();
        if deadline.minutes_at_least() >= u64::from(wait) {
            return Ok(());
        }
        let wait_shown = in_words(wait);
        let deadline = match u32::try_from(deadline.minutes_at_least()) {
            Ok(minutes) if deadline.months == 0 => in_words(minutes),
            _ => deadline.to_string(),
        };
        let at = |minute: u32| {
            let minute = minute % (7 * DAY);
            let day = DAYS.get((minute / DAY) as usize).copied().unwrap_or_default();
            format!("{day} {:02}:{:02}", minute % DAY / 60, minute % 60)
        };
        Err(Error::new(
            Kind::InvalidParameter,
            format!("{place}: {deadline} is shorter than the longest time in which nothing is sent, {wait_shown}"),
        )
        .detail(format!("weekdays and quiet_hours permit nothing from {} to {}.", at(from), at(from + wait)))
        .hint(format!("Give a deadline of at least \"{wait_shown}\", or permit more days or hours.")))
    }

    /// Refuses a policy whose deadline can be over before something may be sent.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`], with the numbers.
    pub fn check(&self) -> Result<()> {
        self.check_deadline("deadline", self.deadline)
    }

    /// Refuses a definition of which an act's own deadline can be.
    ///
    /// # Errors
    /// As [`Policy::check`].
    pub fn check_acts(&self, definition: &Definition) -> Result<()> {
        for (number, step) in definition.steps.iter().enumerate() {
            if let StepKind::Act { act, .. } = &step.kind
                && let Some(deadline) = act.deadline.filter(|_| !act.is_transactional)
            {
                self.check_deadline(&format!("steps[{number}].act.deadline"), deadline)?;
            }
        }
        Ok(())
    }
}
