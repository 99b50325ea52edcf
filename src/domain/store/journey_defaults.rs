//! What holds where a journey or a policy says nothing. Readers of definitions and views of stores use the same values.

use crate::domain::time::span::Span;

/// How long after the entry a purchase or an event reaches the goal.
pub const GOAL_WITHIN: Span = Span::days(30);

/// How long after its decision an action may be sent.
pub const DEADLINE: Span = Span::days(7);

/// How long before an order the message may lie that the order is credited to.
pub const ATTRIBUTION_WINDOW: Span = Span::days(7);

/// Which of several messages the order is credited to: the last one.
pub const ATTRIBUTION_RULE: &str = "last_touch";

/// What of a message counts: that it was sent.
pub const ATTRIBUTION_TOUCH: &str = "sent";

/// The share of messages answered by a complaint beyond which a journey is held.
pub const MAX_COMPLAINTS: f64 = 0.003;

/// The share of messages that bounced for good beyond which a journey is held.
pub const MAX_BOUNCES: f64 = 0.05;
