CASE WHEN {text} OPERATOR(pg_catalog.~) E'^[ \\t\\n\\r\\v\\f]*[-+]?([0-9]{1,15}[.]?[0-9]{0,30}|[.][0-9]{1,30})[ \\t\\n\\r\\v\\f]*$'
    THEN {text}::pg_catalog.numeric END
