-- enrollments that are due, as they stand; place is that of the row in its table
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.due} (
    place tid, customer {key}, journey int4, version int4, entry int4, step int4, round int4, entered_at timestamptz, step_since timestamptz,
    postponed_since timestamptz, postponed_reason text, arm text, control text, action int8, triggered_at timestamptz, event int8, occasion_key text, order_key text
) ON COMMIT DELETE ROWS
