-- what came of a simulation
CREATE TEMPORARY TABLE {table.result} (day date, what text, step text, channel text, segment text, customers int8)
