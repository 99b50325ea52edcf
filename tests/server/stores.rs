//! What the tests of stores share: the same tables attached anew, and ways to say that two stores hold the same.

use postgres::Client;
use postgres::error::DbError;

use crate::harness::{Ask, none};

/// The views for people.
pub const VIEWS: [&str; 34] = [
    "customers",
    "segments",
    "stages",
    "at_risk",
    "next_purchases",
    "top_customers",
    "top_customers_of_year",
    "cohorts",
    "growth",
    "movements",
    "corrections",
    "transitions",
    "time_in_stage",
    "concentration",
    "channels",
    "kpis",
    "stage_days",
    "sales",
    "kpis_by_month",
    "left_out",
    "models",
    "journeys",
    "journey_customers",
    "journey_actions",
    "journey_credits",
    "journey_funnel",
    "journey_goals",
    "suppressions",
    "codes",
    "code_pools",
    "consents",
    "audiences",
    "audience_days",
    "audience_changes",
];

/// All that an error says.
pub fn said(error: &DbError) -> String {
    format!("{} | {} | {}", error.message(), error.detail().unwrap_or_default(), error.hint().unwrap_or_default())
}

/// A statement must be refused with this SQLSTATE and with these words in its message, detail or hint.
#[track_caller]
pub fn refuses(client: &mut Client, statement: &str, code: &str, words: &[&str]) {
    let error = client.refused(statement);
    let said = said(&error);
    assert_eq!(error.code().code(), code, "{said}\n{statement}");
    for word in words {
        assert!(said.contains(word), "\"{word}\" is not in: {said}\n{statement}");
    }
}

/// Everything in the database, and the role of this name, by which it can be told whether something was left behind. Other
/// roles of the server are other tests'.
pub fn everything(client: &mut Client, role: &str) -> Vec<String> {
    client.texts(&format!(
        "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
         UNION ALL SELECT format('relation %s.%s %s', relnamespace::regnamespace, relname, relkind) FROM pg_class
            WHERE relnamespace <> 'pg_toast'::regnamespace AND relnamespace::regnamespace::text !~ '^pg_temp'
         UNION ALL SELECT format('trigger %s on %s', tgname, tgrelid::regclass) FROM pg_trigger
         UNION ALL SELECT format('function %s', oid::regprocedure) FROM pg_proc
         UNION ALL SELECT format('type %s.%s', typnamespace::regnamespace, typname) FROM pg_type
            WHERE typnamespace <> 'pg_toast'::regnamespace AND typnamespace::regnamespace::text !~ '^pg_temp'
         UNION ALL SELECT format('role %s', rolname) FROM pg_roles WHERE rolname = '{role}'
         UNION ALL SELECT format('rule %s on %s', rulename, ev_class::regclass) FROM pg_rewrite WHERE rulename <> '_RETURN'
         UNION ALL SELECT format('grants on %s: %s', oid::regclass, relacl) FROM pg_class
            WHERE relacl IS NOT NULL AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
         UNION ALL SELECT format('default grants of %s: %s', defaclrole::regrole, defaclacl) FROM pg_default_acl
         UNION ALL SELECT format('store %s', store) FROM lifecycle.store
         ORDER BY 1"
    ))
}

/// What is in the second list and not in the first, and the other way round.
pub fn differences(before: &[String], after: &[String]) -> Vec<String> {
    let more = after.iter().filter(|one| !before.contains(one)).map(|one| format!("+ {one}"));
    let less = before.iter().filter(|one| !after.contains(one)).map(|one| format!("- {one}"));
    more.chain(less).collect()
}

/// Whether two stores of the same tables hold the same histories: those of the first are the ones in question.
pub fn same_histories(client: &mut Client, store: &str, other: &str) -> Result<(), String> {
    let side = |name: &str| {
        format!(
            "(SELECT customer, to_jsonb(ARRAY[purchases::text, engagement::text, first_channel, last_channel]) AS held
              FROM {name}_data.history)"
        )
    };
    let query = format!(
        "SELECT customer, a.held AS stored, b.held AS rebuilt FROM {} AS a FULL JOIN {} AS b USING (customer)
         WHERE a.held IS DISTINCT FROM b.held ORDER BY 1",
        side(store),
        side(other)
    );
    none(client, &query).map_err(|found| format!("histories differ from a rebuild's:\n{found}"))
}

/// Whether two stores of the same tables, refreshed and fitted at the same instant, say the same of every customer: all but
/// since when.
pub fn same_profiles(client: &mut Client, store: &str, other: &str) -> Result<(), String> {
    let side = |name: &str| {
        format!(
            "(SELECT customer, to_jsonb(p) - ARRAY['stage_since', 'segment_since', 'lifecycle_version'] AS held FROM {name}_data.profile AS p)"
        )
    };
    // Only the figures that differ are shown.
    let query = format!(
        "SELECT customer, (SELECT jsonb_object_agg(key, jsonb_build_array(value, b.held -> key))
            FROM jsonb_each(a.held) WHERE value IS DISTINCT FROM b.held -> key) AS stored_and_rebuilt,
            a.held IS NULL AS missing, b.held IS NULL AS too_many
         FROM {} AS a FULL JOIN {} AS b USING (customer) WHERE a.held IS DISTINCT FROM b.held ORDER BY 1",
        side(store),
        side(other)
    );
    none(client, &query).map_err(|found| format!("profiles differ from a rebuild's:\n{found}"))
}

/// Whether the newest fits of two stores are the same.
pub fn same_fits(client: &mut Client, store: &str, other: &str) -> Result<(), String> {
    let newest = |name: &str| {
        format!(
            "(SELECT to_jsonb(f) - ARRAY['id', 'fitted_at'] AS fit FROM {name}_data.fit AS f ORDER BY id DESC LIMIT 1)"
        )
    };
    let query = format!(
        "SELECT a.fit AS stored, b.fit AS rebuilt FROM {} AS a FULL JOIN {} AS b ON true WHERE a.fit IS DISTINCT FROM b.fit",
        newest(store),
        newest(other)
    );
    none(client, &query).map_err(|found| format!("fits differ from a rebuild's:\n{found}"))
}

/// Whether a store equals a rebuild by its own word.
pub fn verified(client: &mut Client, store: &str) -> Result<(), String> {
    none(client, &format!("SELECT * FROM lifecycle.verify('{store}')"))
        .map_err(|found| format!("verify finds:\n{found}"))
}

/// Takes away from a store what layout 3 has brought, and gives back what it took.
pub fn without_layout_3(store: &str) -> String {
    format!(
        "ALTER TABLE {store}_data.history DROP COLUMN earliest_since, DROP COLUMN first_event_at, DROP COLUMN past_changed;
         ALTER TABLE {store}_data.movement ADD COLUMN refitted boolean NOT NULL DEFAULT false;
         ALTER TABLE {store}_data.movement ALTER COLUMN refitted DROP DEFAULT, DROP COLUMN kind CASCADE, DROP COLUMN registered_at,
            DROP COLUMN stage_refitted CASCADE, DROP COLUMN segment_refitted CASCADE;
         ALTER TABLE {store}_data.profile DROP COLUMN lifecycle_version CASCADE;
         ALTER TABLE {store}_data.journey DROP COLUMN joined_seen, DROP COLUMN held_for_codes;
         DROP VIEW IF EXISTS {store}.codes, {store}.code_pools;
         DROP TABLE {store}_data.code;
         DROP VIEW IF EXISTS {store}.audiences, {store}.audience_days, {store}.audience_changes;
         DROP TABLE {store}_data.audience_member, {store}_data.audience_log, {store}_data.audience, {store}_data.profile_change, {store}_data.feed;
         DROP TABLE {store}_data.known_customer, {store}_data.borders, {store}_data.hold;
         DROP TABLE {store}_data.forgotten, {store}_data.forgotten_key, {store}_data.alias, {store}_data.anonymous, {store}_data.forgotten_credit CASCADE;
         ALTER TABLE {store}_data.action DROP COLUMN is_anonymous;
         DROP TABLE {store}_data.consent CASCADE"
    )
}
