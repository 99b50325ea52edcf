-- The same of their audiences: of each that they were ever in, one row says that they are out.
WITH members AS (
    DELETE FROM {data.audience_member} AS member WHERE member.customer IN (SELECT unnest($1::text[])::{key}) RETURNING member.audience, member.customer),
logged AS (
    DELETE FROM {data.audience_log} AS log WHERE log.customer IN (SELECT unnest($1::text[])::{key}) RETURNING log.audience, log.customer)
INSERT INTO {data.audience_log} (audience, customer, at, joined, kind)
SELECT gone.audience, gone.customer, clock_timestamp(), false, 'forgotten'
FROM (SELECT members.audience, members.customer FROM members UNION SELECT logged.audience, logged.customer FROM logged) AS gone
WHERE (SELECT feed.is_followed FROM {data.feed} AS feed)
ORDER BY gone.audience, gone.customer
