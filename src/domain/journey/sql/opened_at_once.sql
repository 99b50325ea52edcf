UPDATE {data.event} AS event SET is_machine = true
WHERE event.customer = $2::{key} AND event.kind IN ('open', 'click') AND event.action = $1::int8 AND NOT event.is_machine AND {within} > '0'::interval
    AND event.at BETWEEN $3::timestamptz - {within} AND $3::timestamptz + {within}
