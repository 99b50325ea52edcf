SELECT DISTINCT c.oid, format('%I.%I', n.nspname, c.relname), pg_has_role(c.relowner, 'USAGE')
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE t.tgfoid = 'lifecycle.note_changes()'::regprocedure AND t.tgname IN ({names})
ORDER BY 1
