SELECT found.store, found.key_type, found.nspowner, found.kept_in, found.layout,
    found.owns OR COALESCE(has_table_privilege(found.oid, {right}), false), CURRENT_USER, found.is_whole,
    found.oid, found.settings ->> 'sender'
FROM (
{stores}) AS found
WHERE found.store = $1
