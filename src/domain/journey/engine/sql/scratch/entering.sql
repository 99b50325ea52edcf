-- customers who are about to enter a journey, when and why
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.entering} (customer {key}, triggered_at timestamptz, reason text) ON COMMIT DELETE ROWS
