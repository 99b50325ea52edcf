//! Who moved: what made a customer stand elsewhere than before, and which customers the store has ever seen.
//!
//! A move is the customer's, or that of time, unless one of these made it:
//!
//! * rows of the past came, went or changed, and the customer has bought nothing since: the customer has vanished or returned, or
//!   the past was corrected;
//! * borders moved, by a fit, a grid or a setting: under the borders of before the customer would not stand where the new ones say.
//!
//! A customer appears once, when the store sees a row for the first time, and registers then if that row is recent.

use serde::Deserialize;

use super::Store;
use super::migrations::CURRENT;
use super::profile_columns::{Scores, scored_value};
use super::scoring::{AsOf, Fit, fit_values};
use super::settings::Settings;
use crate::domain::support::sql::{Gaps, Sql, expression, sql};

// ---- borders --------------------------------------------------------------------------------------------------------

/// By what the stored profiles were scored, as [`read_borders`] gives it.
#[derive(Debug, Clone, Deserialize)]
struct Borders {
    #[serde(default)]
    fit: Option<Fit>,
    fit_is_newest: bool,
    at_risk_after: f64,
    lapsed_after: f64,
    grid: String,
    grid_is_as_it_was: bool,
    #[serde(default)]
    settings_are_as_they_were: Option<bool>,
    layout: i32,
}

/// By what the profiles of before were scored.
pub enum Before {
    /// That is not known, or cannot be said by a fit alone.
    Unknown,
    /// By the same as the new ones.
    Same,
    /// By these settings and this fit.
    Other(Box<Store>, Fit),
}

/// By what the profiles of before were scored, as [`read_borders`] gives it.
pub fn before(store: &Store, borders: Option<&str>) -> Before {
    let known: Option<Borders> = borders.and_then(|json| serde_json::from_str(json).ok());
    let is_known = |borders: &Borders| {
        borders.layout == CURRENT && borders.grid_is_as_it_was && borders.settings_are_as_they_were == Some(true)
    };
    let Some(borders) = known.filter(is_known) else { return Before::Unknown };
    let now = &store.settings;
    let is_same = borders.fit_is_newest
        && (now.at_risk_after, now.lapsed_after) == (borders.at_risk_after, borders.lapsed_after)
        && now.grid == borders.grid;
    if is_same {
        return Before::Same;
    }
    let fit = borders.fit.clone().unwrap_or_default();
    Before::Other(Box::new(borders.of(store)), fit)
}

impl Borders {
    /// The store with the settings of before.
    fn of(&self, store: &Store) -> Store {
        let mut before = store.clone();
        before.settings.at_risk_after = self.at_risk_after;
        before.settings.lapsed_after = self.lapsed_after;
        before.settings.grid.clone_from(&self.grid);
        before
    }
}

/// What tells the settings of a store from others by which customers would have other values: all but those that are compared by
/// themselves, and those that no value depends on.
fn settings_that_count(store: &Store) -> Sql {
    let (mut settings, otherwise) = (store.settings.clone(), Settings::default());
    settings.at_risk_after = otherwise.at_risk_after;
    settings.lapsed_after = otherwise.lapsed_after;
    settings.grid.clone_from(&otherwise.grid);
    settings.changes = otherwise.changes;
    settings.event_changes = otherwise.event_changes;
    settings.follow = otherwise.follow;
    settings.refit.clone_from(&otherwise.refit);
    settings.reconcile.clone_from(&otherwise.reconcile);
    settings.reader.clone_from(&otherwise.reader);
    settings.sender.clone_from(&otherwise.sender);
    settings.reader_attributes = otherwise.reader_attributes;
    settings.max_shrink = otherwise.max_shrink;
    settings.max_complaints = otherwise.max_complaints;
    settings.max_bounces = otherwise.max_bounces;
    settings.retain.clone_from(&otherwise.retain);
    settings.event_kinds.clone_from(&otherwise.event_kinds);
    settings.channels.clone_from(&otherwise.channels);
    settings.addresses.clone_from(&otherwise.addresses);
    expression!((), "md5({settings})", settings = Sql::literal(&settings.to_json()))
}

/// The rules of a grid, in a form in which two are equal if their texts are.
fn rules(grid: &Sql) -> Sql {
    expression!(
        (),
        "COALESCE((SELECT md5(string_agg(rule::text, ' ' ORDER BY rule.name, rule.priority)) FROM lifecycle.segment_rule AS rule
            WHERE rule.grid = {grid}), '')",
        grid = grid
    )
}

/// The query for what the stored profiles were scored by.
pub fn read_borders(store: &Store) -> Sql {
    sql!(
        store,
        "sql/read_borders.sql",
        values = fit_values(),
        rules = rules(&"borders.grid".into()),
        settings = settings_that_count(store)
    )
}

/// Writes down what the profiles are scored by now.
pub fn write_borders(store: &Store) -> Sql {
    let grid = Sql::text(&store.settings.grid);
    sql!(
        store,
        "sql/write_borders.sql",
        at_risk_after = store.settings.at_risk_after,
        lapsed_after = store.settings.lapsed_after,
        rules = rules(&grid),
        grid = grid,
        layout = CURRENT,
        settings = settings_that_count(store)
    )
}

/// Forgets what the profiles were scored by, where the store comes to count other purchases: then what moves until the next refresh is not
/// the customers' doing.
pub fn forget_borders(store: &Store) -> Sql {
    expression!(store, "DELETE FROM {data.borders}")
}

/// Whether borders made a move of `found`, as expressions for the stage and for the segment: what the borders of before say of the history
/// `base` as of now is held against what the new ones say. Where those of before are not known, they made it.
fn refitted(store: &Store, as_of: &Sql, borders: Option<&str>) -> [Sql; 2] {
    let known: Option<Borders> = borders.and_then(|json| serde_json::from_str(json).ok());
    let Some(borders) = known.filter(|borders| borders.layout == CURRENT) else {
        return ["true", "true"].map(Sql::from);
    };
    let before = borders.of(store);
    let (now, then) = (&store.settings, &before.settings);
    let fit = borders.fit.clone().unwrap_or_default();
    let scores = Scores { store: &before, now: as_of, fit: &fit };
    let otherwise = |column: &'static str, after: &'static str| {
        let value = scored_value(column, &scores);
        expression!((), "({value}) IS DISTINCT FROM {after}", value = value, after = after)
    };
    let stage_is_same = (now.at_risk_after, now.lapsed_after) == (then.at_risk_after, then.lapsed_after);
    let stage = match borders.fit_is_newest && stage_is_same {
        true => "false".into(),
        false => otherwise("stage", "found.stage_after"),
    };
    let segment = match (borders.grid_is_as_it_was, borders.fit_is_newest && now.grid == then.grid) {
        (false, _) => "true".into(),
        (true, true) => "false".into(),
        (true, false) => otherwise("segment", "found.segment_after"),
    };
    [stage, segment]
}

/// The query for the last movement that is logged.
pub fn last(store: &Store) -> Sql {
    expression!(store, "SELECT max(movement.id) FROM {data.movement} AS movement")
}

// ---- customers ------------------------------------------------------------------------------------------------------

/// What the statements about moves may name besides that of [`AsOf`]: `{has_bought}`, that the customer has bought since the store
/// knows of purchases, and `{is_recent}`, that the customer's first row is of late. Both are about the rows `scored` and `known`; what
/// came since the last refresh is of late too, however long ago that was.
struct Moves<'a> {
    at: AsOf<'a>,
    before: Sql,
}

impl<'a> Moves<'a> {
    fn new(store: &'a Store, as_of: &str, before: &str) -> Self {
        let at = AsOf::new(store, as_of);
        let before = expression!(
            at,
            "LEAST({before}::timestamptz, {now} - {within}::interval)",
            before = Sql::literal(before),
            within = Sql::literal(&store.settings.newcomer_within)
        );
        Moves { at, before }
    }
}

impl Gaps for Moves<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        Some(match name {
            // Of several purchases at one instant, such as on one day, the number tells.
            "has_bought" => expression!(
                (),
                "(scored.last_purchase > {before} AND (known.last_purchase IS NULL OR scored.last_purchase > known.last_purchase
            OR scored.last_purchase = known.last_purchase AND scored.orders > known.orders))",
                before = &self.before
            ),
            "is_recent" => expression!(
                (),
                "scored.lifecycle_first_at > {before}",
                before = &self.before
            ),
            _ => return self.at.gap(name),
        })
    }
}

/// Logs the moves from the stored profiles, which are as of `before`, to the new ones. Gives how many moved or appeared, vanished, returned
/// and were corrected.
pub fn log(store: &Store, as_of: &str, before: &str, borders: Option<&str>) -> Sql {
    let moves = Moves::new(store, as_of, before);
    let [stage_refitted, segment_refitted] = refitted(store, &moves.at.now, borders);
    sql!(
        moves,
        "sql/log_moves.sql",
        profile = store.data("profile"),
        movement = store.data("movement"),
        stage_refitted = stage_refitted,
        segment_refitted = segment_refitted
    )
}

/// Notes which customers the new profiles know, and which have vanished. The profiles of `before`, None for the first, must be there still.
pub fn know(store: &Store, as_of: &str, before: Option<&str>) -> [Sql; 3] {
    let moves = Moves::new(store, as_of, before.unwrap_or(as_of));
    let profile = store.data("profile");
    [
        sql!(moves, "sql/note_vanished.sql", profile = &profile),
        sql!(
            moves,
            "sql/know_customers.sql",
            profile = profile,
            is_first = if before.is_none() { "true" } else { "false" }
        ),
        sql!(store, "sql/past_is_known.sql"),
    ]
}
