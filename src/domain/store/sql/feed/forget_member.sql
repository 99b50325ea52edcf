-- The same of their audiences: of each that they were ever in, one row says that they are out, or the feed of the audience begins anew. How many
-- joined and left on each day is kept.
WITH feed AS (SELECT feed.is_followed FROM {data.feed} AS feed),
members AS (
    DELETE FROM {data.audience_member} AS member WHERE member.customer IN (SELECT unnest($1::text[])::{key}) RETURNING member.audience, member.customer),
logged AS (
    DELETE FROM {data.audience_log} AS log WHERE log.customer IN (SELECT unnest($1::text[])::{key})
    RETURNING log.audience, log.customer, log.at, log.joined, log.kind),
counted AS (
    SELECT logged.audience, timezone({zone}, logged.at)::date AS day, logged.joined FROM logged WHERE logged.kind <> 'forgotten'
    UNION ALL
    SELECT members.audience, timezone({zone}, clock_timestamp())::date, false FROM members),
kept AS (
    INSERT INTO {data.forgotten_member} AS kept (audience, day, joined, gone)
    SELECT counted.audience, counted.day, count(*) FILTER (WHERE counted.joined), count(*) FILTER (WHERE NOT counted.joined)
    FROM counted GROUP BY counted.audience, counted.day
    ON CONFLICT (audience, day) DO UPDATE SET joined = kept.joined + excluded.joined, gone = kept.gone + excluded.gone),
gone AS (SELECT members.audience, members.customer FROM members UNION SELECT logged.audience, logged.customer FROM logged),
begun_anew AS (
    UPDATE {data.audience} AS audience
    SET purged = nextval(pg_get_serial_sequence({log}, 'id')::regclass)
    FROM feed
    WHERE NOT feed.is_followed AND audience.number IN (SELECT gone.audience FROM gone))
INSERT INTO {data.audience_log} (audience, customer, at, joined, kind)
SELECT gone.audience, gone.customer, clock_timestamp(), false, 'forgotten'
FROM gone, feed
WHERE feed.is_followed
ORDER BY gone.audience, gone.customer
