SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS relation
    WHERE relation.oid = pg_catalog.to_regclass($1) AND relation.relkind IN ('r', 'p')
        AND pg_catalog.pg_has_role(relation.relowner, 'USAGE'))
