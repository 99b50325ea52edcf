UPDATE {data.suppression} AS suppression SET until = $4::timestamptz
WHERE suppression.customer = $1::{key} AND suppression.reason IN ({words_of_customer}) AND suppression.since < $4::timestamptz
    AND (suppression.until IS NULL OR suppression.until > $4::timestamptz)
    AND ($2 IS NULL OR suppression.channel = $2) AND ($3 IS NULL OR suppression.topic = $3)
