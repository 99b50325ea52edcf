SELECT store.store, store.key_type, data.nspowner, kept.oid AS kept_in, store.layout, pg_has_role(data.nspowner, 'USAGE') AS owns, opened.oid, store.settings,
    shown.oid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class AS relation
        WHERE relation.relnamespace IN (data.oid, shown.oid) AND relation.relowner <> data.nspowner
            AND relation.relname = ANY (ARRAY[{relations}]::name[])) AS is_whole
FROM lifecycle.store AS store
    LEFT JOIN pg_class AS kept ON kept.oid = store.kept_in::oid
    LEFT JOIN pg_namespace AS data ON data.nspname = store.store || '_data' AND data.oid = kept.relnamespace
    LEFT JOIN pg_namespace AS shown ON shown.nspname = store.store AND shown.nspowner = data.nspowner
    LEFT JOIN pg_class AS opened ON opened.relnamespace = shown.oid AND opened.relowner = data.nspowner
        AND opened.relname = {opened}
