-- A word back that the other has given before the merge does not take back what this one has said.
UPDATE {data.suppression} AS suppression
SET since = GREATEST(suppression.since, (SELECT max(back.at) FROM {data.event} AS back
    WHERE back.customer IN ($1::{key}, $2::{key}) AND back.kind = 'subscribe'))
WHERE suppression.customer IN ($1::{key}, $2::{key}) AND suppression.reason IN ({words_of_customer}) AND suppression.lifted_at IS NULL
    AND suppression.until IS NULL
