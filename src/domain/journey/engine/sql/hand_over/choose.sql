SELECT action.id, action.journey, action.version, action.customer
FROM {data.action} AS action
WHERE action.channel = $1 AND action.claimable_at <= GREATEST($2::timestamptz, $3::timestamptz)
    AND (action.status = 'pending' AND action.claimable_at <= $2::timestamptz OR action.status = 'claimed' AND action.claimable_at <= $3::timestamptz)
    AND action.journey = ANY (ARRAY(SELECT journey.journey FROM {data.journey} AS journey WHERE journey.status = 'live'))
ORDER BY action.priority DESC, action.claimable_at, action.id
LIMIT $4::int8
FOR NO KEY UPDATE SKIP LOCKED
