SELECT found.*
FROM (
{found}) AS found (customer, source, stored, rebuilt) CROSS JOIN {secret}
WHERE found.stored IS NOT NULL OR NOT ({is_forgotten})
ORDER BY 1
