//! A journey whose definition was read and checked: steps and columns exist, and names are valid.
//!
//! The types of this file are what the engine works with. Only the files `read_...` make them, from JSON.
//!
//! It imports `support`, `time`, `engagement`, `stages`, and of `store` the defaults of journeys.
//!
//! | file | what it knows |
//! |---|---|
//! | [`read_definition`], [`read_steps`], [`read_condition`], [`read_occasion`], [`read_payload`] | what a definition may say, and how its errors name the place |
//! | [`json_path`] | a place in the JSON, such as `steps[2].branch[0].if` |
//! | [`graph`] | that each step can be reached, and that no loop lacks a wait |
//! | [`profile_columns`] | the columns of a profile, and the values that each is compared with |
//! | [`policy`], [`read_policy`] | the settings for all journeys of a store: caps, quiet hours, control group, attribution |
//! | [`ready_made`] | ready-made journeys: a function each, which makes the definition |

pub mod graph;
pub mod json_path;
pub mod policy;
pub mod profile_columns;
pub mod read_condition;
pub mod read_definition;
pub mod read_occasion;
pub mod read_payload;
pub mod read_policy;
pub mod read_steps;
pub mod ready_made;

use serde_json::{Map, Value};

use crate::domain::time::span::Span;

/// A journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// How one enters.
    pub entry: Entry,
    /// The customers who may enter.
    pub who: Option<Condition>,
    /// How often.
    pub reentry: Reentry,
    /// The steps, in the order of the definition; the first is where each customer begins.
    pub steps: Vec<Step>,
    /// What it is for.
    pub goal: Goal,
    /// Whether reaching the goal ends it.
    pub ends_on_goal: bool,
    /// A customer who no longer meets this condition leaves.
    pub unless: Option<Condition>,
    /// Among journeys: higher ones first.
    pub priority: i32,
    /// The share of customers who get nothing, from 0 to below 1.
    pub control: f64,
}

/// How one enters.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// By something that happened: registered, ordered, or an event of any kind.
    Event(Occasion),
    /// By a change of stage or segment.
    Movement {
        /// Which of them.
        what: Dimension,
        /// What it was before; empty for anything.
        from: Vec<String>,
        /// What it is then; empty for anything.
        to: Vec<String>,
        /// Whether changes count too that borders made, or rows of the past that came back or were corrected.
        include_refitted: bool,
    },
    /// By a date of the customer's.
    Date {
        /// The column of the profile.
        column: String,
        /// Whether the column is a `date`, or an instant.
        is_date: bool,
        /// How long before or after it.
        offset: Offset,
        /// Whether its anniversaries count too.
        every_year: bool,
        /// At which time of that day, in the customer's zone.
        at: TimeOfDay,
    },
    /// By a condition that becomes true.
    Condition {
        /// The condition.
        condition: Condition,
        /// Whether customers who meet it at the start enter too.
        existing: bool,
    },
    /// By joining an audience.
    Joined {
        /// The audience.
        audience: String,
        /// Whether customers count too whom a fit, a setting or a correction of the past brought there.
        include_refitted: bool,
    },
    /// Through other journeys only.
    Call,
}

/// An event or an order by which customers enter, and which their entry knows from then on.
#[derive(Debug, Clone, PartialEq)]
pub struct Occasion {
    /// The kind of event; `ordered` for an order.
    pub kind: String,
    /// What must hold of it.
    pub only_if: Option<Condition>,
    /// What tells the entries of a customer apart. None if each customer is in the journey once at most.
    pub key: Option<OccasionKey>,
    /// The kinds of later events that end the entry: of the same key, if there is one.
    pub cancelled_by: Vec<String>,
    /// Whether the entry ends when its order does not count any more.
    pub needs_order: bool,
}

/// What tells the entries of a customer into a journey apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OccasionKey {
    /// A member of the event's detail, by the way to it.
    Member(Vec<String>),
    /// The order.
    Order,
}

/// A value of the occasion of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OccasionValue {
    /// A member of the event's detail, by the way to it.
    Event(Vec<String>),
    /// A part of the order.
    Order(OrderPart),
}

/// What an entry knows of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderPart {
    /// Its key, as text.
    Key,
    /// Its instant.
    At,
    /// Its amount.
    Amount,
}

/// What the log of movements tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The lifecycle stage.
    Stage,
    /// The segment.
    Segment,
}

/// A length of time before or after something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// Whether it is before.
    pub before: bool,
    /// How long.
    pub span: Span,
}

/// A time of day, in minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub u16);

/// How often one may enter. No customer is in a journey twice at the same time, but for entries of different keys, of which each counts
/// for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reentry {
    /// Once.
    Once,
    /// As often as there is occasion.
    Always,
    /// Not before so long has passed since the last entry.
    NotWithin(Span),
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name, unique in the journey.
    pub name: String,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does. Other steps are given by their place in the list, from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Sends a message, or has a person do something.
    Act {
        /// What, and how.
        act: Act,
        /// The step after it.
        next: usize,
    },
    /// Waits.
    Wait {
        /// For what.
        wait: Wait,
        /// The step after it.
        next: usize,
    },
    /// Asks conditions in turn; the first that holds leads on.
    Branch {
        /// The conditions and where they lead.
        cases: Vec<(Condition, usize)>,
        /// Where it goes on if none holds.
        otherwise: usize,
    },
    /// Draws lots, the same for a customer each time.
    Split(Vec<Arm>),
    /// Has the customer enter another journey, too.
    Call {
        /// That journey's name.
        journey: String,
        /// The step after it.
        next: usize,
    },
    /// The goal is reached.
    Goal,
    /// The end, with a reason.
    Exit(String),
}

/// What is sent, or done by a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// By which way.
    pub channel: String,
    /// The name of what is sent.
    pub template: String,
    /// What the sender needs to know, with the [references](read_payload::Reference) in it.
    pub payload: Map<String, Value>,
    /// How long it may be postponed; that of the policy if it does not say.
    pub deadline: Option<Span>,
    /// What it is about, of which a customer can unsubscribe alone.
    pub topic: Option<String>,
    /// Whether it answers something that the customer did, such as an order: then caps, quiet hours, consent and control groups do not
    /// hold for it.
    pub is_transactional: bool,
}

/// What a step waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// For so long.
    For(Span),
    /// Until the next time that it is so late in the customer's zone, on one of these days (Monday is 0; empty for any).
    Until {
        /// How late.
        at: TimeOfDay,
        /// On which days of the week.
        weekdays: Vec<u8>,
    },
    /// Until something happens, or for so long.
    Event {
        /// What.
        kind: String,
        /// In reaction to the actions of this step.
        of: Option<usize>,
        /// Whether opens and clicks of machines count.
        machine: bool,
        /// How long at most.
        timeout: Span,
        /// Where it goes on if it happened.
        then: usize,
    },
    /// Until a day that the profile or the event of the entry says, which may move.
    Date {
        /// Where the day is said.
        day: DayOf,
        /// How long before or after it.
        offset: Offset,
        /// At which time of that day, in the customer's zone.
        at: TimeOfDay,
        /// Where customers go on whose day is not known, or was over when they came to the step.
        otherwise: usize,
    },
}

/// Where a day is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOf {
    /// In a column of the profile.
    Profile {
        /// The column.
        column: String,
        /// Whether the column is a `date`, or an instant.
        is_date: bool,
    },
    /// In a member of the detail of the entry's event, by the way to it.
    Event(Vec<String>),
}

/// An arm of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// Its weight among the arms; positive.
    pub weight: f64,
    /// Where it goes on.
    pub to: usize,
}

/// What a journey is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// What must happen after the entry.
    pub what: GoalKind,
    /// Within how long.
    pub within: Span,
}

/// What must happen.
#[derive(Debug, Clone, PartialEq)]
pub enum GoalKind {
    /// So many purchases, and so much spend.
    Bought {
        /// How many.
        at_least: u32,
        /// How much.
        spend_at_least: Option<f64>,
    },
    /// An event of this kind.
    Event(String),
}

/// A condition on a customer. Every leaf is true or false: what is not known is false.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All hold; so they do where there are none.
    And(Vec<Condition>),
    /// At least one holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// About a column of the profile.
    Profile {
        /// The column.
        column: String,
        /// The comparison with it.
        test: Test,
    },
    /// About the occasion of the entry.
    Occasion {
        /// The value of it.
        value: OccasionValue,
        /// The comparison with it.
        test: Test,
    },
    /// Has bought.
    Bought {
        /// How often.
        at_least: u32,
        /// For how much.
        spend_at_least: Option<f64>,
        /// Since when.
        since: Since,
    },
    /// Has reacted.
    Event {
        /// How.
        kind: String,
        /// To what, or since when.
        since: Since,
        /// How often.
        at_least: u32,
        /// By which way.
        channel: Option<String>,
        /// Whether opens and clicks of machines count.
        machine: bool,
    },
    /// May be written to by this way.
    Subscribed(String),
    /// Is in this audience as of the last refresh.
    Audience(String),
}

/// From when on purchases and events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From the entry into the journey on.
    Entry,
    /// From the last action of this step in this entry on; before there is one, nothing counts.
    Step(usize),
    /// So long back.
    Within(Span),
    /// Only what is tied to this step's actions in this entry. For events.
    Of(usize),
}

/// A comparison with a value of the profile.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these. Negated by [`Condition::Not`].
    In(Vec<Scalar>),
    /// It is less.
    LessThan(Scalar),
    /// It is less or the same.
    AtMost(Scalar),
    /// It is more.
    MoreThan(Scalar),
    /// It is more or the same.
    AtLeast(Scalar),
    /// It is not known.
    IsNull,
    /// It is an instant or day of the time so long back.
    WithinLast(Span),
}

/// A value to compare with. The type of the column says how it is read: the text of numbers, dates and instants was checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text, or the text of a date or an instant.
    Text(String),
    /// A number as it is written.
    Number(String),
    /// True or false.
    Bool(bool),
}
