SELECT EXISTS (SELECT FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = {data_schema} AND c.relname = {notes} AND t.tgname = {guard}
        AND t.tgfoid = 'lifecycle.guard_changes()'::regprocedure
        AND t.tgtype = 56 AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = '')
