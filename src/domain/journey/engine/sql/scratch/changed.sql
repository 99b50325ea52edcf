-- customers of what was taken down whose rows changed since the last refresh
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.changed} (customer {key}) ON COMMIT DELETE ROWS
