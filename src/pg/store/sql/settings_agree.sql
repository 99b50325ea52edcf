SELECT s.settings = kept.settings AND s.key_type = kept.key_type AND s.reader IS NOT DISTINCT FROM kept.reader
    AND s.layout = kept.layout
FROM lifecycle.store AS s, ONLY {table} AS kept WHERE s.store = $1
