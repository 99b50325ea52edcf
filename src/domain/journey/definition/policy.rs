//! What holds for all journeys of a store: how often and when customers are written to, who is in the control group of all, and
//! which action an order is credited to.

use super::TimeOfDay;
use crate::domain::store::journey_defaults::ATTRIBUTION_WINDOW;
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
            deadline: Span::days(3),
            control: 0.0,
            attribution: Attribution { window: ATTRIBUTION_WINDOW, is_first_touch: false, touch: Touch::Sent },
            max_entries: None,
        }
    }
}
