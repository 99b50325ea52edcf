-- Of the members of a detail in which providers say how long it lasts.
UPDATE {data.event} AS event
SET class = CASE WHEN lower(concat_ws(' ', event.detail ->> 'bounceType', event.detail ->> 'bounce_type', event.detail ->> 'type',
            event.detail ->> 'severity', event.detail ->> 'Type', event.detail #>> '{bounce,bounceType}'))
        ~ '(soft|transient|temporary)'
        OR concat_ws(' ', event.detail ->> 'status', event.detail ->> 'code', event.detail #>> '{delivery-status,code}') ~ '^4'
    THEN 'soft' ELSE 'hard' END
WHERE event.kind = 'bounce' AND event.class IS NULL
