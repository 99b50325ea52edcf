//! Which sources of a store tell between two refreshes whose rows changed, and the histories of those customers.

use crate::domain::journey::engine::context::{Fresh, RunContext};
use crate::domain::journey::engine::fresh;
use crate::domain::store::fresh::{Watch, Watched};
use crate::domain::store::settings::Changes;
use crate::domain::store::tables::Source;
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::error::or_raise;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{run, run_all, value};
use crate::pg::store::refresh_histories::{growing_type, link_of_refunds, reworded_rows};
use crate::pg::store::refresh_step::check_tables;
use crate::pg::store::{Attached, relation_of};

/// What a store watches. A source that was never read is not watched yet.
///
/// # Errors
/// Where a relation is gone.
pub fn watched(attached: &Attached) -> Result<Watched> {
    let watch = |source: Source| -> Result<Option<Watch>> {
        let store = &attached.store;
        Ok(match source.changes(store) {
            Some(Changes::Triggers) => Some(Watch::Triggers),
            Some(Changes::Column) => {
                let was_read = sql!(store, "sql/has_watermark.sql");
                if with_pinned_settings(|| value(&was_read, &[Some(source.name())])).is_none() {
                    return Ok(None);
                }
                let relation = relation_of(attached, source)?;
                relation.and_then(|relation| growing_type(store, source, &relation)).map(Watch::Column)
            }
            Some(Changes::Compare) | None => None,
        })
    };
    Ok(Watched {
        orders: watch(Source::Orders)?,
        events: watch(Source::Events)?,
        refunds: with_pinned_settings(|| link_of_refunds(&attached.store)),
    })
}

/// Builds the histories of those of the customers of a relation whose rows changed since the last refresh; how
/// many they are. What follows in the unit reads these.
pub fn freshen(context: &RunContext, among: &Sql) -> u64 {
    context.fresh.set(Fresh::Nowhere);
    if context.is_simulation {
        return 0;
    }
    let Some(take) = fresh::take_changed(context, among) else { return 0 };
    run_all(&fresh::forget(context));
    let changed = run(&take);
    if changed > 0 {
        or_raise(check_tables(&context.store));
        reworded_rows(&context.store, "orders or events", "status", || run_all(&fresh::build(context)));
        context.fresh.set(Fresh::InScratch);
    }
    changed
}
