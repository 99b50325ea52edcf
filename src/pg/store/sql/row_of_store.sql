SELECT layout, settings, key_type, orders::oid, customers::oid, events::oid, reader, made_reader, rebuild_due,
    refit_due, as_of::text, array_to_json(parts::text[]), COALESCE((
        SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
        FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'profile'
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = {data_schema}), '[]'), has_forgotten, has_merged
FROM lifecycle.store AS s WHERE store = $1 {lock}
