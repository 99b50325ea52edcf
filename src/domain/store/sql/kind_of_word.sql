COALESCE({kinds}::pg_catalog.jsonb OPERATOR(pg_catalog.->>) {word},
    {kinds}::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.regexp_replace({word}, '[^[:alnum:]]', '', 'g'),
    {kinds}::pg_catalog.jsonb OPERATOR(pg_catalog.->>)
        pg_catalog.regexp_replace(pg_catalog.regexp_replace({word}, '[^[:alnum:]]', '', 'g'), '^(email|sms|message)', ''))
