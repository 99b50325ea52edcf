//! The customer journey: how people move from one touch to the next, and what comes of it.
//!
//! A touch is an event or a purchase; at the same instant a purchase comes after the events. The touches of a customer in
//! order are one path, or several, if a pause is to end one. Each path moves from `start` to its first touch, from touch
//! to touch, and from its last touch to `end` if it holds a purchase, to `drop_off` if not, or to `ongoing` while it may
//! still go on. As much comes to every touch as leaves it, which is what a Sankey chart draws.

use serde::{Deserialize, Serialize};

use super::{Channel, Engagement, What};
use crate::domain::history::History;
use crate::domain::history::money::Amount;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::interrupt;
use crate::domain::support::interrupt::Turns;
use crate::domain::support::multiset::Multiset;
use crate::domain::time::instant::Instant;

/// A place on a path: before it, a touch, or what comes after it. Ordered as they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Node(u8);

impl Node {
    const START: Node = Node(0);
    /// Events take the numbers from here on.
    const FIRST_EVENT: u8 = 1;
    const PURCHASE: Node = Node(200);
    /// The path goes on beyond the steps that are shown.
    const MORE: Node = Node(201);
    const ONGOING: Node = Node(202);
    const END: Node = Node(203);
    const DROP_OFF: Node = Node(204);

    fn event(what: What) -> Self {
        // The numbers of events are below 100.
        Node(Self::FIRST_EVENT + what.number().0 as u8)
    }

    /// The kind and the channel that name it.
    pub fn names(self) -> (&'static str, Option<&'static str>) {
        match self {
            Node::START => ("start", None),
            Node::PURCHASE => ("purchase", None),
            Node::MORE => ("more", None),
            Node::ONGOING => ("ongoing", None),
            Node::END => ("end", None),
            Node::DROP_OFF => ("drop_off", None),
            Node(number) => What::of_number(Amount(i64::from(number) - i64::from(Self::FIRST_EVENT)))
                .map_or(("unknown", None), |what| (what.kind.label(), what.channel.map(Channel::label))),
        }
    }

    /// Both in one line.
    fn name(self) -> String {
        match self.names() {
            (kind, Some(channel)) => format!("{kind} {channel}"),
            (kind, None) => kind.to_owned(),
        }
    }
}

/// A move, at the same step of a path where steps are told apart.
type Move = (Option<u32>, Node, Node);

/// The question that is asked of paths.
pub trait Paths {
    /// Whether a touch at an instant belongs to the same path as the touch before it.
    fn goes_on(&self, before: Instant, at: Instant) -> bool;
    /// Whether a path whose last touch this is may still go on.
    fn is_ongoing(&self, last: Instant) -> bool;
    /// How many touches of each path are shown, where steps are told apart.
    fn max_steps(&self) -> Option<u32>;
}

/// The moves of a base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PathCounts {
    /// Each with the time it took in microseconds, and whether a purchase followed.
    moves: Multiset<(Move, i64, bool)>,
    /// Those of each customer, once.
    customers: Multiset<Move>,
}

/// All moves from one touch to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JourneyPath {
    /// How many touches came before, where steps are told apart.
    pub step: Option<u32>,
    /// Whence.
    pub from: Node,
    /// Whither.
    pub to: Node,
    /// How often.
    pub moves: u64,
    /// By how many customers.
    pub customers: u64,
    /// The median time between the two, in microseconds; None where one of them is no touch.
    pub median_time: Option<i64>,
    /// The share of the moves with which, or after which, the path came to a purchase.
    pub purchase_share: f64,
}

impl JourneyPath {
    /// The source and the target of the link in a Sankey chart. No links go in a circle: sources and targets are named
    /// differently, or, where steps are told apart, by their place, which only grows.
    pub fn labels(&self) -> (String, String) {
        let (from, to) = (self.from.name(), self.to.name());
        match self.step {
            Some(step) => (format!("{step} {from}"), format!("{} {to}", step + 1)),
            None => (format!("from {from}"), format!("to {to}")),
        }
    }
}

impl PathCounts {
    /// Adds the paths of a customer at or before `as_of`.
    pub fn add_customer(
        &mut self,
        h: &History<'_>,
        e: &Engagement<'_>,
        as_of: Instant,
        paths: &impl Paths,
    ) -> Result<()> {
        let touches = touches(h, e, as_of)?;
        let mut seen = Vec::new();
        // At most a move to each touch, and one from the last of each path.
        reserve(&mut seen, 2 * touches.len())?;
        let starts_path = |i: &usize| *i == 0 || !paths.goes_on(touches[*i - 1].0, touches[*i].0);
        let mut starts = interrupt::asking(0..touches.len()).filter(starts_path).peekable();
        while let Some(start) = starts.next() {
            let path = &touches[start..starts.peek().copied().unwrap_or(touches.len())];
            self.add_path(path, paths, &mut seen)?;
        }
        interrupt::sort(&mut seen);
        seen.dedup();
        seen.into_iter().try_for_each(|one| self.customers.insert(one))
    }

    /// Adds the moves of one path, and notes them in `seen`.
    fn add_path(&mut self, path: &[(Instant, Node)], paths: &impl Paths, seen: &mut Vec<Move>) -> Result<()> {
        let Some(&(last_at, _)) = path.last() else { return Ok(()) };
        let last_purchase = path.iter().rposition(|&(_, node)| node == Node::PURCHASE);
        let after = match last_purchase {
            _ if paths.is_ongoing(last_at) => Node::ONGOING,
            Some(_) => Node::END,
            None => Node::DROP_OFF,
        };
        let shown = paths.max_steps().map_or(path.len(), |steps| path.len().min(steps as usize));
        let mut turns = Turns::default();
        for i in 0..=shown {
            turns.turn();
            let (from, time) = match i.checked_sub(1).map(|before| path[before]) {
                Some((at, node)) => (node, path.get(i).map_or(0, |next| next.0.since(at))),
                None => (Node::START, 0),
            };
            let to = match path.get(i) {
                Some(_) if i == shown => Node::MORE,
                Some(&(_, node)) => node,
                None => after,
            };
            let one = (paths.max_steps().map(|_| i as u32), from, to);
            let time = if is_between_touches(from, to) { time } else { 0 };
            self.moves.insert((one, time, last_purchase.is_some_and(|purchase| purchase >= i)))?;
            seen.push(one);
        }
        Ok(())
    }

    /// Adds those of another part of the base.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.moves.merge(other.moves)?;
        self.customers.merge(other.customers)
    }

    /// Puts everything in order.
    pub fn normalize(&mut self) -> Result<()> {
        self.moves.normalize()?;
        self.customers.normalize()
    }

    /// All moves, in order.
    pub fn paths(&mut self) -> Result<Vec<JourneyPath>> {
        let customers = self.customers.counts()?;
        let groups = self.moves.counts()?.chunk_by(|(a, _), (b, _)| a.0 == b.0);
        // Both are in the order of the moves, and hold the same of them.
        let paths = groups.zip(customers).map(|(group, &((step, from, to), customers))| {
            let moves = group.iter().map(|(_, count)| count).sum();
            let followed: u64 = group.iter().filter(|((_, _, followed), _)| *followed).map(|(_, count)| count).sum();
            JourneyPath {
                step,
                from,
                to,
                moves,
                customers,
                median_time: is_between_touches(from, to).then(|| median(group, moves)),
                purchase_share: followed as f64 / moves as f64,
            }
        });
        let mut all = Vec::new();
        for path in paths {
            reserve(&mut all, 1)?;
            all.push(path);
        }
        Ok(all)
    }
}

/// The touches of a customer in order.
fn touches(h: &History<'_>, e: &Engagement<'_>, as_of: Instant) -> Result<Vec<(Instant, Node)>> {
    let events = e.events_until(as_of).map(|event| (event.at, Node::event(event.what)));
    let purchases = h.entries_until(as_of).filter(|entry| !entry.amount.is_refund());
    let all = events.chain(purchases.map(|entry| (entry.at, Node::PURCHASE)));
    let mut touches = Vec::new();
    reserve(&mut touches, all.clone().count())?;
    touches.extend(all);
    interrupt::sort(&mut touches);
    Ok(touches)
}

fn is_between_touches(from: Node, to: Node) -> bool {
    from != Node::START && to <= Node::PURCHASE
}

/// The median of times in order with their counts; of an even number the mean of the two in the middle.
fn median(group: &[((Move, i64, bool), u64)], moves: u64) -> i64 {
    let at = |rank: u64| {
        let mut before = 0;
        let found = group.iter().find(|(_, count)| {
            before += count;
            before > rank
        });
        found.map_or(0, |((_, time, _), _)| *time)
    };
    let (lower, upper) = (at((moves - 1) / 2), at(moves / 2));
    lower + (upper - lower) / 2
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::domain::engagement::arbitrary::{engagement, events, instant};
    use crate::domain::time::instant::DAY;

    struct Asked {
        as_of: Instant,
        max_gap: Option<i64>,
        max_steps: Option<u32>,
    }

    impl Paths for Asked {
        fn goes_on(&self, before: Instant, at: Instant) -> bool {
            self.max_gap.is_none_or(|gap| at.since(before) <= gap)
        }

        fn is_ongoing(&self, last: Instant) -> bool {
            self.max_gap.is_some_and(|gap| self.as_of.since(last) <= gap)
        }

        fn max_steps(&self) -> Option<u32> {
            self.max_steps
        }
    }

    fn shown(base: &[(&str, &str)], asked: &Asked) -> Vec<String> {
        let mut counts = PathCounts::default();
        for (h, e) in base {
            let (h, e) = (History::parse(h).unwrap(), Engagement::parse(e).unwrap());
            counts.add_customer(&h, &e, asked.as_of, asked).unwrap();
        }
        let paths = counts.paths().unwrap();
        paths
            .iter()
            .map(|p| {
                let step = p.step.map_or(String::new(), |step| format!("{step}: "));
                let days = p.median_time.map_or("-".to_owned(), |time| (time as f64 / DAY as f64).to_string());
                format!(
                    "{step}{} > {}: {} {} {days} {}",
                    p.from.name(),
                    p.to.name(),
                    p.moves,
                    p.customers,
                    p.purchase_share
                )
            })
            .collect()
    }

    #[test]
    fn moves_of_two_customers() {
        let base = [
            ("{2024-01-05 9}", "{2024-01-01 sent email, 2024-01-02 open email, 2024-01-08 sent email}"),
            ("{2024-01-09 -9}", "{2024-01-01 sent email, 2024-01-04 open email, 2024-01-06 open email}"),
            ("{}", "{}"),
        ];
        let as_of = Instant::parse("2024-02-01").unwrap();
        let asked = Asked { as_of, max_gap: None, max_steps: None };
        assert_eq!(
            shown(&base, &asked),
            [
                "start > sent email: 2 2 - 0.5",
                "sent email > open email: 2 2 2 0.5",
                "sent email > end: 1 1 - 0",
                "open email > open email: 1 1 2 0",
                "open email > purchase: 1 1 3 1",
                "open email > drop_off: 1 1 - 0",
                "purchase > sent email: 1 1 3 0",
            ]
        );
        // A pause of more than two days ends a path; as of the last touch the last path may still go on.
        let asked = Asked { as_of: Instant::parse("2024-01-08").unwrap(), max_gap: Some(2 * DAY), max_steps: None };
        assert_eq!(
            shown(&base, &asked),
            [
                "start > sent email: 3 2 - 0",
                "start > open email: 1 1 - 0",
                "start > purchase: 1 1 - 1",
                "sent email > open email: 1 1 1 0",
                "sent email > ongoing: 1 1 - 0",
                "sent email > drop_off: 1 1 - 0",
                "open email > open email: 1 1 2 0",
                "open email > ongoing: 1 1 - 0",
                "open email > drop_off: 1 1 - 0",
                "purchase > end: 1 1 - 0",
            ]
        );
        let asked = Asked { as_of, max_gap: None, max_steps: Some(2) };
        assert_eq!(
            shown(&base, &asked),
            [
                "0: start > sent email: 2 2 - 0.5",
                "1: sent email > open email: 2 2 2 0.5",
                "2: open email > more: 2 2 - 0.5",
            ]
        );
    }

    #[test]
    fn links_never_go_in_a_circle() {
        let labels = |max_steps| {
            let mut counts = PathCounts::default();
            let asked = Asked { as_of: Instant::MAX, max_gap: None, max_steps };
            let (h, e) = (History::parse("{2024-01-02 9, 2024-01-03 9}").unwrap(), "{2024-01-01 open email}");
            counts.add_customer(&h, &Engagement::parse(e).unwrap(), asked.as_of, &asked).unwrap();
            counts.paths().unwrap().iter().map(JourneyPath::labels).collect::<Vec<_>>()
        };
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(source, target)| ((*source).to_owned(), (*target).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(
            labels(None),
            pairs(&[
                ("from start", "to open email"),
                ("from open email", "to purchase"),
                ("from purchase", "to purchase"),
                ("from purchase", "to end"),
            ])
        );
        assert_eq!(
            labels(Some(2)),
            pairs(&[("0 start", "1 open email"), ("1 open email", "2 purchase"), ("2 purchase", "3 more")])
        );
    }

    #[test]
    fn a_purchase_comes_after_the_events_of_its_instant() {
        let asked = Asked { as_of: Instant::MAX, max_gap: Some(0), max_steps: None };
        assert_eq!(
            shown(&[("{2024-01-01 9}", "{2024-01-01 click web, 2024-01-01 subscribe}")], &asked),
            [
                "start > click web: 1 1 - 1",
                "click web > subscribe: 1 1 0 1",
                "subscribe > purchase: 1 1 0 1",
                "purchase > end: 1 1 - 0",
            ]
        );
    }

    proptest! {
        #[test]
        fn what_comes_to_a_touch_leaves_it(
            base in prop::collection::vec((events(), prop::collection::vec(instant(), 0..5)), 1..6),
            gap in prop::option::of(0i64..10),
            steps in prop::option::of(1u32..6),
            split: prop::sample::Index,
        ) {
            let asked = Asked { as_of: Instant::from_micros(10 * DAY).unwrap(), max_gap: gap.map(|d| d * DAY), max_steps: steps };
            let mut parts = [PathCounts::default(), PathCounts::default(), PathCounts::default()];
            for (i, (events, bought)) in base.iter().enumerate() {
                let purchases: Vec<String> = bought.iter().map(|at| format!("{at} 5")).collect();
                let h = History::parse(&format!("{{{}}}", purchases.join(", "))).unwrap();
                for part in [0, if i < split.index(base.len()) { 1 } else { 2 }] {
                    parts[part].add_customer(&h, &engagement(events), asked.as_of, &asked).unwrap();
                }
            }
            let [mut whole, left, mut right] = parts;
            right.merge(left).unwrap();
            let paths = whole.paths().unwrap();
            prop_assert_eq!(&paths, &right.paths().unwrap());

            let mut balance: BTreeMap<(Option<u32>, Node), i64> = BTreeMap::new();
            for p in &paths {
                *balance.entry((p.step, p.from)).or_default() -= p.moves as i64;
                *balance.entry((p.step.map(|step| step + 1), p.to)).or_default() += p.moves as i64;
                prop_assert!(p.customers >= 1 && p.customers <= p.moves && p.customers <= base.len() as u64);
                prop_assert!((0.0..=1.0).contains(&p.purchase_share));
                prop_assert!(p.median_time.is_none_or(|time| time >= 0 && gap.is_none_or(|gap| time <= gap * DAY)));
            }
            let inner: BTreeSet<i64> = balance
                .iter()
                .filter(|((_, node), _)| *node != Node::START && *node <= Node::PURCHASE)
                .map(|(_, net)| *net)
                .collect();
            prop_assert!(inner.iter().all(|&net| net == 0), "{:?}", balance);
        }
    }
}
