SELECT DISTINCT pg_catalog.upper(pg_catalog.btrim({currency}::pg_catalog.text)) FROM {relation}
WHERE {currency} IS NOT NULL AND {condition} LIMIT 11
