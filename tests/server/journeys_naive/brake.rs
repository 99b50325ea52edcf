//! The brake: a journey is held before more customers enter it within a day than may, until its owner releases it.

use chrono::Duration;

use super::calendar::Instant;
use super::interpreter::Interpreter;

/// What a journey's brake knows.
#[derive(Debug, Default)]
pub struct Brake {
    pub is_pulled: bool,
    /// From which event on those are looked at again that came while it was held.
    pub event: Option<usize>,
    /// How many customers entered when.
    pub entered: Vec<(Instant, usize)>,
    /// How many may enter since it was released, and since which run that counts.
    pub released: Option<(usize, Option<Instant>)>,
}

impl Interpreter {
    /// The day for which a journey is released begins with the next run.
    pub fn begin_releases(&mut self) {
        for (_, since) in self.journeys.iter_mut().filter_map(|journey| journey.brake.released.as_mut()) {
            since.get_or_insert(self.now);
        }
    }

    /// Whether so many customers may enter now: nobody is always allowed.
    pub fn has_room(&self, at: usize, customers: usize) -> bool {
        let (brake, a_day_ago) = (&self.journeys[at].brake, self.now - Duration::hours(24));
        let released = brake.released.filter(|(_, since)| since.is_some_and(|since| since > a_day_ago));
        let limit = released.map(|(up_to, _)| up_to).or(self.policy["max_entries"].as_u64().map(|most| most as usize));
        let entered = brake.entered.iter().filter(|(when, _)| *when > a_day_ago && *when <= self.now);
        let entered: usize = entered.map(|(_, customers)| customers).sum();
        customers == 0 || limit.is_none_or(|limit| entered + customers <= limit)
    }

    pub fn count_in(&mut self, at: usize, customers: usize) {
        let now = self.now;
        self.journeys[at].brake.entered.push((now, customers));
    }

    /// Holds a journey.
    pub fn pull_brake(&mut self, at: usize, event: Option<usize>) {
        let journey = &mut self.journeys[at];
        journey.is_live = false;
        let brake = &mut journey.brake;
        brake.is_pulled = true;
        brake.event = [brake.event, event].into_iter().flatten().min();
        brake.released = None;
    }

    /// Lets a journey go on that is held, and so many customers enter it.
    pub fn release(&mut self, at: usize, up_to: Option<usize>) {
        self.journeys[at].brake.is_pulled = false;
        self.journeys[at].brake.released = Some((up_to.unwrap_or(usize::MAX / 2), None));
        self.pause(at, true);
    }
}
