SELECT action.id
FROM {data.action} AS action
WHERE action.channel = $1 AND action.claimable_at <= $2::timestamptz AND action.status IN ('pending', 'claimed')
    AND action.journey = ANY (ARRAY(SELECT journey.journey FROM {data.journey} AS journey WHERE journey.status = 'live'))
ORDER BY action.priority DESC, action.claimable_at
LIMIT $4::int8
FOR NO KEY UPDATE SKIP LOCKED
