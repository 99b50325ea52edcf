CASE WHEN {text} OPERATOR(pg_catalog.~) '^\s*[-+]?([0-9]{1,15}[.]?[0-9]{0,30}|[.][0-9]{1,30})\s*$'
    THEN {text}::pg_catalog.numeric END
