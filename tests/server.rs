//! The tests that need a running server with the extension installed: `make test-server` starts one.
//!
//! Each test works in a database of its own, on the server that the variables of libpq name (PGHOST, PGPORT, PGUSER).

#[path = "server/harness.rs"]
mod harness;
#[path = "server/orders.rs"]
mod orders;
#[path = "server/plain.rs"]
mod plain;
#[path = "server/plans.rs"]
mod plans;
#[path = "server/seeds.rs"]
mod seeds;
#[path = "server/sources_property.rs"]
mod sources_property;
#[path = "server/stores.rs"]
mod stores;
#[path = "server/strangers.rs"]
mod strangers;
#[path = "server/traps.rs"]
mod traps;

#[path = "server/any_arguments.rs"]
mod any_arguments;
#[path = "server/audiences.rs"]
mod audiences;
#[path = "server/bad_input.rs"]
mod bad_input;
#[path = "server/caches.rs"]
mod caches;
#[path = "server/cancelling.rs"]
mod cancelling;
#[path = "server/catalog.rs"]
mod catalog;
#[path = "server/delivery.rs"]
mod delivery;
#[path = "server/dump_restore.rs"]
mod dump_restore;
#[path = "server/every_call.rs"]
mod every_call;
#[path = "server/hints.rs"]
mod hints;
#[path = "server/hostile_calls.rs"]
mod hostile_calls;
#[path = "server/install_hostile.rs"]
mod install_hostile;
#[path = "server/journeys_naive.rs"]
mod journeys_naive;
#[cfg(target_os = "linux")]
#[path = "server/memory.rs"]
mod memory;
#[path = "server/merging.rs"]
mod merging;
#[path = "server/model_properties.rs"]
mod model_properties;
#[path = "server/numerics.rs"]
mod numerics;
#[path = "server/owner_code.rs"]
mod owner_code;
#[path = "server/people.rs"]
mod people;
#[path = "server/people_property.rs"]
mod people_property;
#[path = "server/properties.rs"]
mod properties;
#[path = "server/readers.rs"]
mod readers;
#[path = "server/rfm.rs"]
mod rfm;
#[path = "server/scheduling.rs"]
mod scheduling;
#[path = "server/sharding.rs"]
mod sharding;
#[path = "server/signatures.rs"]
mod signatures;
#[path = "server/store_catalog.rs"]
mod store_catalog;
#[path = "server/store_changes.rs"]
mod store_changes;
#[path = "server/store_configure.rs"]
mod store_configure;
#[path = "server/store_dump.rs"]
mod store_dump;
#[path = "server/store_events.rs"]
mod store_events;
#[path = "server/store_hostile.rs"]
mod store_hostile;
#[path = "server/store_kill.rs"]
mod store_kill;
#[path = "server/store_layout.rs"]
mod store_layout;
#[path = "server/store_layout_calls.rs"]
mod store_layout_calls;
#[path = "server/store_noting.rs"]
mod store_noting;
#[path = "server/store_plans.rs"]
mod store_plans;
#[path = "server/store_progress.rs"]
mod store_progress;
#[path = "server/store_property.rs"]
mod store_property;
#[path = "server/store_reader.rs"]
mod store_reader;
#[path = "server/store_reconcile.rs"]
mod store_reconcile;
#[path = "server/store_returns.rs"]
mod store_returns;
#[path = "server/store_rows.rs"]
mod store_rows;
#[path = "server/store_sources.rs"]
mod store_sources;
#[path = "server/store_statements.rs"]
mod store_statements;
#[path = "server/store_strangers.rs"]
mod store_strangers;
#[path = "server/store_view_times.rs"]
mod store_view_times;
#[path = "server/store_views.rs"]
mod store_views;
