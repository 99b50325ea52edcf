SELECT code.code, code.pool
FROM unnest($2::text[]) AS given (code) JOIN {data.code} AS code ON lower(code.code) = lower(given.code)
WHERE code.pool <> $1
LIMIT 1
