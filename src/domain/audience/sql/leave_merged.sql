-- The customer $1 was merged into another, and is in no audience any more.
WITH gone AS (
    DELETE FROM {data.audience_member} AS member WHERE member.customer = $1::{key} RETURNING member.audience, member.customer)
INSERT INTO {data.audience_log} (audience, customer, at, joined, kind)
SELECT gone.audience, gone.customer, COALESCE($2::timestamptz, clock_timestamp()), false, 'vanished' FROM gone ORDER BY gone.audience
