{number} OPERATOR(pg_catalog.*) (
    SELECT of_day.rate::pg_catalog.numeric FROM {rates} AS of_day
    WHERE of_day.currency::pg_catalog.text OPERATOR(pg_catalog.=) {currency}
        AND of_day.day OPERATOR(pg_catalog.<=) pg_catalog.timezone({zone}::pg_catalog.text, {ordered_at})::pg_catalog.date
        AND of_day.rate IS NOT NULL
    ORDER BY of_day.day DESC LIMIT 1)
