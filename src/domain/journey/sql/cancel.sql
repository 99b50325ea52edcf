UPDATE {data.action} AS action
SET status = 'cancelled', claimable_at = NULL{cancelled}
WHERE action.customer = $1::{key} AND action.status IN ('pending', 'claimed') AND ($2 IS NULL OR action.channel = $2){spared}
    AND NOT EXISTS (SELECT FROM {data.event} AS event
        WHERE event.customer = $1::{key} AND event.kind = 'subscribe' AND event.at > $3::timestamptz
            AND (event.channel IS NULL OR event.channel = action.channel))
