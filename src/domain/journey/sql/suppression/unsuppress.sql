UPDATE {data.suppression} AS suppression SET lifted_at = clock_timestamp()
WHERE suppression.customer = $1::{key} AND suppression.lifted_at IS NULL AND suppression.until IS NULL
    AND ($2 IS NULL OR suppression.channel = $2) AND ($3 IS NULL OR suppression.topic = $3)
