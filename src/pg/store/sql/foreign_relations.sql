-- What of a store ($1, with the schema $2 of its tables) is not its owner's: kind, name, owner (NULL for a schema that is not there) and the
-- owner of the store. The names of what it runs or reads are $3.
WITH store AS (
    SELECT data.oid AS data, data.nspowner AS owner, shown.oid AS shown, shown.nspowner AS shown_owner
    FROM pg_namespace AS data LEFT JOIN pg_namespace AS shown ON shown.nspname = $1
    WHERE data.nspname = $2)
SELECT found.kind, found.name, pg_get_userbyid(found.owner), pg_get_userbyid(store.owner)
FROM store, LATERAL (
    SELECT 'SCHEMA' AS kind, format('%I', $1) AS name, store.shown_owner AS owner
    UNION ALL
    SELECT CASE relation.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, format('%I.%I', schema.nspname, relation.relname), relation.relowner
    FROM pg_class AS relation JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
    WHERE relation.relnamespace IN (store.data, store.shown)
        AND relation.relname = ANY (ARRAY(SELECT json_array_elements_text($3::json))::name[])) AS found
WHERE found.owner IS DISTINCT FROM store.owner
ORDER BY found.owner IS NULL, found.kind, found.name LIMIT 1
