CASE WHEN EXISTS (
    SELECT FROM lifecycle.store AS store
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = store.orders AND attribute.attname = store.settings ->> 'customer' AND NOT attribute.attisdropped
        JOIN pg_type AS type ON type.oid = attribute.atttypid
        LEFT JOIN pg_type AS base ON base.oid = type.typbasetype
    WHERE store.store = {store} AND 'citext' IN (type.typname, base.typname)) THEN lower($1) ELSE $1 END
