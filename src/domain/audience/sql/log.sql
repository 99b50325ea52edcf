-- What made each change: as of movements, and of a change that the borders of before would not have made, the borders. The past of a customer
-- may have changed since the last refresh ended: by this one, or by a merge.
INSERT INTO {data.audience_log} (audience, customer, at, joined, kind, registered_at)
SELECT moved.audience, moved.customer, {now}, moved.joined,
    CASE
        WHEN profile.customer IS NULL THEN 'vanished'
        WHEN appeared.kind IS NOT NULL THEN 'appeared'
        WHEN known.past_changed_at > (SELECT COALESCE(store.refreshed_at, '-infinity') FROM lifecycle.store AS store WHERE store.store = {store}) THEN 'corrected'
        WHEN {refitted} THEN 'refitted'
        ELSE 'moved' END, appeared.registered_at
FROM {moved} AS moved
    LEFT JOIN {data.profile} AS profile ON profile.customer = moved.customer
    LEFT JOIN {data.known_customer} AS known ON known.customer = moved.customer
    LEFT JOIN LATERAL (
        SELECT movement.kind, movement.registered_at FROM {data.movement} AS movement
        WHERE movement.customer = moved.customer AND movement.at = {now} AND movement.id > {logged} AND movement.kind = 'appeared' LIMIT 1) AS appeared ON true
    {before}
ORDER BY moved.audience, moved.customer
