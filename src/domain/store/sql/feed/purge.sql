-- Forgets the keys of customers who were forgotten so long ago; the feeds say from where on they are whole. Gives how many there were.
WITH changes AS (
    DELETE FROM {data.profile_change} AS change WHERE change.kind = 'forgotten' AND change.at <= {before} RETURNING change.version),
logged AS (
    DELETE FROM {data.audience_log} AS log WHERE log.kind = 'forgotten' AND log.at <= {before} RETURNING log.audience, log.id),
of_audiences AS (
    UPDATE {data.audience} AS audience SET purged = GREATEST(audience.purged, gone.id)
    FROM (SELECT logged.audience, max(logged.id) AS id FROM logged GROUP BY logged.audience) AS gone
    WHERE audience.number = gone.audience),
of_profiles AS (
    UPDATE {data.feed} AS feed SET purged = GREATEST(feed.purged, (SELECT max(changes.version) FROM changes))
    WHERE EXISTS (SELECT FROM changes))
SELECT count(*) FROM changes
