INSERT INTO {data.code} (pool, code)
SELECT $1, given.code FROM unnest($2::text[]) WITH ORDINALITY AS given (code, place) ORDER BY given.place
ON CONFLICT DO NOTHING
