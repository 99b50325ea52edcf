-- events that no run has looked at
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.events} (id int8, customer {key}, kind text, at timestamptz, is_machine bool) ON COMMIT DELETE ROWS
