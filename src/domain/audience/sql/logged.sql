SELECT log.customer::text, CASE WHEN log.joined THEN 'joined' WHEN log.kind = 'forgotten' THEN 'forgotten' ELSE 'left' END, log.at::text, log.id
FROM {data.audience_log} AS log
WHERE log.audience = $1::int4 AND log.id > {after}
ORDER BY log.id LIMIT {limit}
