SELECT member.customer::text, 'joined', member.since::text
FROM {data.audience_member} AS member
WHERE member.audience = $1::int4 AND {is_after}
ORDER BY member.customer LIMIT {limit}
