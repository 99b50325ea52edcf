SELECT found.store, found.key_type, found.nspowner, found.kept_in, found.layout
FROM (
{stores}) AS found
    JOIN pg_roles AS role ON role.oid = found.nspowner AND role.rolname = CURRENT_USER
WHERE found.oid IS NOT NULL AND found.is_whole
ORDER BY random()
