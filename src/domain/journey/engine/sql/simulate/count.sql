INSERT INTO {table.result} (day, what, step, channel, segment, customers)
SELECT timezone({store_zone}, {now})::date, {what}, {step}, {channel}, COALESCE({segment}, '(none)'), count(*)
FROM {counted} AS counted LEFT JOIN {table.profile} AS profile ON profile.customer = counted.customer
WHERE {condition}
GROUP BY 2, 3, 4, 5
