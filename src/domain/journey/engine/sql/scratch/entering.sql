-- customers who are about to enter a journey, when, why, and by which event or order
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.entering} (
    customer {key}, triggered_at timestamptz, reason text, event int8, key text, order_key text
) ON COMMIT DELETE ROWS
