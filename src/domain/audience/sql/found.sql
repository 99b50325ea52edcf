-- The customers for whom the conditions hold.
SELECT audience.number AS audience, profile.customer
FROM {profiles} AS profile
    {history}CROSS JOIN LATERAL (VALUES {conditions}) AS audience (number, holds)
WHERE audience.holds
