UPDATE {data.audience} AS audience SET since = COALESCE(audience.since, {now}), problem = NULL
WHERE audience.number = ANY (ARRAY[{numbers}]::int4[]) AND (audience.since IS NULL OR audience.problem IS NOT NULL)
