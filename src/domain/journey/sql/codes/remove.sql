DELETE FROM {data.code} AS code
WHERE code.pool = $1 AND code.action IS NULL AND ($2::text[] IS NULL OR code.code = ANY ($2::text[]))
