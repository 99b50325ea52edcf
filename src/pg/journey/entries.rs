//! The part of a run in which customers enter journeys: by events, by what refreshes found, and by calls of other journeys.

use super::brake::{Passage, passage};
use super::fresh::freshen;
use super::run::{Phase, PhaseResult, Unit};
use super::tally::tally;
use crate::domain::engagement::event_kind::{ORDERED, REGISTERED};
use crate::domain::journey::definition::{Entry, Occasion};
use crate::domain::journey::engine::context::{ActiveVersion, Fresh};
use crate::domain::journey::engine::enter::ScanPosition;
use crate::domain::journey::engine::leave::Scope;
use crate::domain::journey::engine::{batch, brake, enter};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::spi::{rows, run, run_all, run_with};

impl Unit {
    pub(super) fn events(&self) -> PhaseResult {
        let found = run(batch::take_events(&self.context, self.batch));
        if found == 0 {
            return PhaseResult::Past;
        }
        run(batch::customers_of_events(&self.context));
        self.lock(&batch::lock_all(&self.context, batch::CUSTOMERS));
        self.leave_out(&[batch::CUSTOMERS, batch::EVENTS]);
        self.freshen(Scope::Customers);
        self.leave(Scope::Customers);
        let mut is_busy = false;
        for journey in self.current() {
            if let Some(occasions) = enter::by_event(&self.context, journey) {
                let event = brake::first_event(&self.context);
                match passage(&self.context, journey, &occasions, found, &occasions, Some(&event)) {
                    Passage::Open => self.enter(journey, &occasions, None),
                    Passage::Held => {}
                    Passage::Busy => is_busy = true,
                }
            }
        }
        self.wake(Scope::Customers);
        if is_busy {
            return PhaseResult::To(Phase::Entries(0));
        }
        run(batch::events_processed(&self.context));
        PhaseResult::To(if self.full(found) { Phase::Events } else { Phase::Entries(0) })
    }

    /// Entries into the first journey from this number on for which there are any; one worker at a time for each.
    pub(super) fn entries(&self, from: i32) -> PhaseResult {
        for journey in self.current().filter(|journey| journey.journey >= from) {
            if let Some(next) = self.entries_into(journey) {
                return PhaseResult::To(next);
            }
        }
        PhaseResult::Past
    }

    /// None if nothing was to be done.
    fn entries_into(&self, journey: &ActiveVersion) -> Option<Phase> {
        let entry = &journey.definition.entry;
        if let Entry::Event(occasion) = entry
            && let Some(next) = self.held_events(journey, occasion)
        {
            return Some(next);
        }
        if matches!(entry, Entry::Call)
            || matches!(entry, Entry::Event(Occasion { kind, .. }) if kind != ORDERED && kind != REGISTERED)
        {
            return None;
        }
        let id = journey.journey.to_string();
        let found = rows(sql!(self.context, "sql/scan_position.sql"), &[Some(&id), Some(&self.context.store.name)]);
        let [Some(movement), Some(last_movement), Some(is_new), Some(is_first), refreshed_at, last_joined] =
            found.first()?.as_slice()
        else {
            return None;
        };
        let seen = ScanPosition {
            movement: movement.clone(),
            last_movement: last_movement.clone(),
            has_new_profiles: is_new == "true",
            is_first: is_first == "true",
        };
        let mut taken = 0;
        if let Some(occasions) = enter::by_profile(&self.context, journey, &seen) {
            taken = run(enter::take(&self.context, journey, &occasions, self.batch));
            if taken > 0 {
                self.lock(&batch::lock_all(&self.context, batch::ENTERING));
                self.leave_out(&[batch::ENTERING]);
                freshen(&self.context, &self.context.scratch(batch::ENTERING));
                let entering = enter::taken(&self.context);
                match passage(&self.context, journey, &entering, taken, &occasions, None) {
                    Passage::Open => self.enter(journey, &entering, None),
                    Passage::Held | Passage::Busy => return Some(Phase::Entries(journey.journey + 1)),
                }
            }
        }
        if let Entry::Condition { condition, .. } = entry {
            // Entries by conditions are found at refreshes: for those about whom nothing is decided now, the rows are not read.
            self.context.fresh.set(Fresh::Nowhere);
            run_all(&enter::note_condition(&self.context, journey, condition, !self.full(taken)));
        }
        if self.full(taken) {
            return Some(Phase::Entries(journey.journey));
        }
        if seen.has_new_profiles || seen.movement != seen.last_movement {
            run_with(
                sql!(self.context, "sql/scanned.sql"),
                &[Some(&id), Some(last_movement), refreshed_at.as_deref(), last_joined.as_deref()],
            );
        }
        (taken > 0).then_some(Phase::Entries(journey.journey + 1))
    }

    /// Entries by events that came while the journey was held, once it is released. None if there are none.
    fn held_events(&self, journey: &ActiveVersion, occasion: &Occasion) -> Option<Phase> {
        if self.context.is_simulation || rows(brake::has_held_events(&self.context, journey), &[]).is_empty() {
            return None;
        }
        // As where events are looked at for the first time.
        freshen(&self.context, &brake::customers_of_held_events(&self.context, journey, occasion));
        let occasions = brake::held_events(&self.context, journey, occasion);
        let taken = run(enter::take(&self.context, journey, &occasions, self.batch));
        if taken > 0 {
            self.lock(&batch::lock_all(&self.context, batch::ENTERING));
            self.leave_out(&[batch::ENTERING]);
            freshen(&self.context, &self.context.scratch(batch::ENTERING));
            let entering = enter::taken(&self.context);
            let event = Sql::from("journey.held_event");
            match passage(&self.context, journey, &entering, taken, &occasions, Some(&event)) {
                Passage::Open => self.enter(journey, &entering, None),
                Passage::Held | Passage::Busy => return Some(Phase::Entries(journey.journey + 1)),
            }
        }
        if self.full(taken) {
            return Some(Phase::Entries(journey.journey));
        }
        self.context.fresh.set(Fresh::Nowhere);
        run(brake::forget_held_events(&self.context, journey));
        (taken > 0).then_some(Phase::Entries(journey.journey))
    }

    /// Has the customers with these occasions enter.
    pub(super) fn enter(&self, journey: &ActiveVersion, occasions: &Sql, caller: Option<(&ActiveVersion, usize)>) {
        let found = rows(enter::enter(&self.context, journey, occasions, caller), &[]);
        let number = |place: usize| found.first()?.get(place)?.as_ref()?.parse::<u64>().ok();
        let (entered, left) = (number(0).unwrap_or_default(), number(1).unwrap_or_default());
        tally(|tally| (tally.entered, tally.left) = (tally.entered + entered, tally.left + left));
        if entered > 0 && caller.is_none() && !self.context.is_simulation {
            run(brake::count_in(&self.context, journey, entered));
        }
    }
}
