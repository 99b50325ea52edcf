SELECT store.store, store.key_type, schema.nspowner, kept.oid AS kept_in, pg_has_role(schema.nspowner, 'USAGE') AS owns, opened.oid,
    NOT EXISTS (SELECT FROM pg_class AS relation
        WHERE relation.relnamespace = schema.oid AND relation.relowner <> schema.nspowner
            AND relation.relname = ANY (ARRAY[{relations}]::name[])) AS is_whole
FROM lifecycle.store AS store
    LEFT JOIN pg_class AS kept ON kept.oid = store.kept_in::oid
    LEFT JOIN pg_namespace AS schema ON schema.nspname = store.store AND schema.oid = kept.relnamespace
    LEFT JOIN pg_class AS opened ON opened.relnamespace = schema.oid AND opened.relname = {opened}
