INSERT INTO {table.result} (day, what, step, channel, segment, customers)
SELECT timezone({store_zone}, {at})::date, {what}, {step}, {channel}, CASE WHEN base.customer IS NULL THEN '(none)' ELSE {segment} END, count(*)
FROM {counted} AS counted LEFT JOIN ({base}) AS base ON base.customer = counted.customer
WHERE {condition}
GROUP BY 1, 2, 3, 4, 5
