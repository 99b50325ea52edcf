DELETE FROM {data.code} AS code
WHERE code.pool = $1 AND code.action IS NULL
    AND ($2::text[] IS NULL OR lower(code.code) IN (SELECT lower(given.code) FROM unnest($2::text[]) AS given (code)))
