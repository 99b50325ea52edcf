CASE WHEN {text} OPERATOR(pg_catalog.~) '^[[:space:]]*[-+]?([0-9]{1,15}[.]?[0-9]{0,30}|[.][0-9]{1,30})[[:space:]]*$'
    THEN {text}::pg_catalog.numeric END
