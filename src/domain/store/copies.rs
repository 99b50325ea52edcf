//! What tells a store from its copies, in databases that were made from a template, a dump or the files of this one.

use crate::domain::support::sql::Sql;

/// What tells the actions of a store from those of every other, and of copies: a word that is drawn when a store is attached or adopted.
pub fn incarnation() -> Sql {
    "left(replace(gen_random_uuid()::text, '-', ''), 16)".into()
}

/// Which database this is: the server's identifier, which no other server has but its physical copies, and the number of the database.
pub fn home() -> Sql {
    "(SELECT control.system_identifier || '/' || database.oid
        FROM pg_control_system() AS control, pg_database AS database WHERE database.datname = current_database())"
        .into()
}
