-- actions of which it is known what became of them
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.settled} (id int8, customer {key}) ON COMMIT DELETE ROWS
