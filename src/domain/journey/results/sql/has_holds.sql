SELECT EXISTS (SELECT FROM pg_class AS relation JOIN pg_namespace AS data ON data.oid = relation.relnamespace
    WHERE data.nspname = {data_schema} AND relation.relname = 'hold')
