-- Which customers are to join and to leave. A statement of its own, because only such a one may use parallel workers.
CREATE TEMPORARY TABLE {moved} AS
SELECT COALESCE(found.audience, member.audience) AS audience, COALESCE(found.customer, member.customer) AS customer,
    found.customer IS NOT NULL AS joined
FROM (
{found}) AS found
    FULL JOIN (
        SELECT member.audience, member.customer FROM {data.audience_member} AS member
        WHERE member.audience = ANY (ARRAY[{numbers}]::int4[]) AND {is_asked}) AS member
    ON member.audience = found.audience AND member.customer = found.customer
WHERE found.customer IS NULL OR member.customer IS NULL
