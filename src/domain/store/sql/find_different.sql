-- The customers whose number of rows or checksum is not the one of their history.
INSERT INTO {changed} (customer, differs)
SELECT COALESCE(stored.customer, fresh.customer), true
FROM (SELECT customer, count(*) AS count, {checksum} AS checksum FROM {rows} AS rows GROUP BY customer) AS fresh
    FULL JOIN (SELECT customer, {count} AS count, {stored_checksum} AS checksum FROM {data.history} WHERE {count} > 0) AS stored
    ON stored.customer = fresh.customer
WHERE stored.count IS DISTINCT FROM fresh.count OR stored.checksum IS DISTINCT FROM fresh.checksum
