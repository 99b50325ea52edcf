-- The customers whose last change up to the end of a day, $2, was to join.
SELECT last.customer::text, last.at::text
FROM (
    SELECT DISTINCT ON (log.customer) log.customer, log.joined, log.at FROM {data.audience_log} AS log
    WHERE log.audience = $1::int4 AND log.at < timezone({zone}, ($2::date + 1)::timestamp)
    ORDER BY log.customer, log.id DESC) AS last
WHERE last.joined
ORDER BY last.customer
