SELECT named.name FROM json_to_recordset($1::json) AS named (schema text, name text)
WHERE to_regclass(format('%I.%I', named.schema, named.name)) IS NULL ORDER BY 1
