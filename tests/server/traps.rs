//! Traps: functions, operators, casts and types that a hostile role puts where a careless statement looks for others. Each that is
//! called raises an error that says STRUCK.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use postgres::Client;

use crate::harness::{Ask, Database, files_below};

/// Everything that the extension's scripts say, but for comments and texts in quotes.
pub fn script() -> String {
    let files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql"), "sql");
    files.iter().map(|file| without_quotes(&fs::read_to_string(file).expect("a script"))).collect()
}

/// SQL without its comments and without what stands in single quotes.
pub fn without_quotes(sql: &str) -> String {
    let (mut text, mut rest) = (String::new(), sql);
    while let Some(at) = rest.find(['-', '\'']) {
        text += &rest[..at];
        rest = &rest[at..];
        let skipped = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            // A doubled quote is the end of one text and the beginning of another.
            quoted.find('\'').map_or(rest.len(), |end| end + 2)
        } else {
            text.push('-');
            1
        };
        text.push(' ');
        rest = &rest[skipped..];
    }
    text + rest
}

/// The words of the scripts: among them all names that they use.
fn words() -> BTreeSet<String> {
    let script = script();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    script.split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The operators of the scripts, and some more.
fn operators() -> BTreeSet<String> {
    let script = script();
    let is_part = |c: char| "+-*/<>=~!%^&|?".contains(c);
    let used = script.split(|c| !is_part(c)).filter(|operator| !operator.is_empty()).map(str::to_owned);
    used.chain(
        ["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "->", "->>", "~", "!~"].map(str::to_owned),
    )
    .collect()
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

/// Helpers in `pg_temp` of the session: `trap` makes a trap, unless there is such a function; `alike` says the types that an argument
/// of a type may be called with, or that call it more fittingly.
const HELPERS: &str = "
    SET search_path = pg_catalog;
    SET client_min_messages = warning;
    SET check_function_bodies = off;
    CREATE FUNCTION pg_temp.trap(place text, name text, arguments text, result text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('CREATE FUNCTION %s.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', place, name, arguments, result,
            'BEGIN RAISE EXCEPTION ''STRUCK % as %'', ''' || name || ''', current_user; END');
    EXCEPTION WHEN duplicate_function OR invalid_function_definition OR feature_not_supported OR undefined_object
        OR datatype_mismatch THEN NULL;
    END $$;
    CREATE FUNCTION pg_temp.alike(type text, place text) RETURNS text[] LANGUAGE sql AS $$
        SELECT CASE
            WHEN type IN ('anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray', '\"any\"') THEN
                ARRAY['text', 'integer', 'bigint', 'name', 'oid', 'jsonb', 'timestamp with time zone', place || '.words', place || '.pair']
            WHEN type IN ('anyarray', 'anycompatiblearray') THEN ARRAY['text[]', 'integer[]', 'oid[]', 'name[]', place || '.words[]']
            WHEN type = 'bigint' THEN ARRAY['bigint', 'integer', 'smallint', 'numeric']
            WHEN type = 'integer' THEN ARRAY['integer', 'bigint', 'smallint', 'oid']
            WHEN type = 'double precision' THEN ARRAY['double precision', 'integer', 'numeric', 'real']
            WHEN type = 'numeric' THEN ARRAY['numeric', 'integer', 'bigint', 'double precision']
            WHEN type = 'text' THEN ARRAY['text', 'character varying', 'name', place || '.words', place || '.pair']
            WHEN type = 'name' THEN ARRAY['name', 'text', place || '.words']
            WHEN type = 'oid' THEN ARRAY['oid', 'integer', 'regclass', 'bigint']
            WHEN type = 'regclass' THEN ARRAY['regclass', 'oid', 'text']
            WHEN type = 'timestamp with time zone' THEN ARRAY['timestamp with time zone', 'timestamp without time zone', 'date', 'text']
            WHEN type = 'interval' THEN ARRAY['interval', 'text', 'time without time zone']
            WHEN type = 'jsonb' THEN ARRAY['jsonb', 'text', 'json']
            WHEN type = 'boolean' THEN ARRAY['boolean', 'text']
            ELSE ARRAY[type] END
    $$;
    CREATE FUNCTION pg_temp.combinations(types text[], place text) RETURNS SETOF text LANGUAGE plpgsql AS $$
    DECLARE n CONSTANT integer := cardinality(types); swapped text[];
    BEGIN
        IF n = 0 THEN
            RETURN NEXT '';
        ELSIF n = 1 THEN
            RETURN QUERY SELECT t FROM unnest(pg_temp.alike(types[1], place)) AS t;
        ELSIF n = 2 THEN
            RETURN QUERY SELECT t || ', ' || u FROM unnest(pg_temp.alike(types[1], place)) AS t, unnest(pg_temp.alike(types[2], place)) AS u;
        ELSE
            -- All of one kind where any type goes, and else one at a time.
            FOR i IN 1..n LOOP
                FOR j IN 1..cardinality(pg_temp.alike(types[i], place)) LOOP
                    swapped := ARRAY(SELECT CASE WHEN k = i OR t ~ '^any' THEN (pg_temp.alike(t, place))[j] ELSE t END
                        FROM unnest(types) WITH ORDINALITY AS a (t, k) ORDER BY k);
                    RETURN NEXT array_to_string(swapped, ', ');
                END LOOP;
            END LOOP;
        END IF;
    END
    $$";

/// Types of her own, with casts that the parser may make by itself.
fn types(place: &str) -> String {
    format!(
        "CREATE DOMAIN {place}.words AS text; CREATE DOMAIN {place}.whole AS bigint;
        CREATE TYPE {place}.pair AS (a text, b text);
        CREATE FUNCTION {place}.to_pair(text) RETURNS {place}.pair LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE FUNCTION {place}.to_text({place}.pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE CAST (text AS {place}.pair) WITH FUNCTION {place}.to_pair(text) AS IMPLICIT;
        CREATE CAST ({place}.pair AS text) WITH FUNCTION {place}.to_text({place}.pair) AS IMPLICIT;
        CREATE DOMAIN {place}.text AS pg_catalog.int4; CREATE DOMAIN {place}.int8 AS pg_catalog.text;
        CREATE DOMAIN {place}.jsonb AS pg_catalog.text; CREATE DOMAIN {place}.timestamptz AS pg_catalog.text"
    )
}

/// In a schema, overloads of whatever the scripts name in pg_catalog: with the same arguments, with more fitting ones where the
/// server's take any type, and with ones that a constant fits.
const OF_SERVER: &str = "
    DO $do$
    DECLARE f record; arguments text;
    BEGIN
        FOR f IN SELECT p.proname, p.proretset, pg_get_function_result(p.oid) AS result, p.provariadic,
                ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) ORDER BY n) AS types
            FROM pg_proc AS p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p' AND p.pronargs <= 6
                AND p.proname IN ({names})
                AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS t WHERE t IN ('internal'::regtype, 'cstring'::regtype))
        LOOP
            IF f.provariadic = '\"any\"'::regtype THEN
                FOR n IN 0..12 LOOP
                    PERFORM pg_temp.trap('{place}', f.proname, array_to_string(array_fill('text'::text, ARRAY[n]), ', '), f.result);
                END LOOP;
                CONTINUE;
            END IF;
            FOR arguments IN SELECT pg_temp.combinations(f.types, '{place}') LOOP
                PERFORM pg_temp.trap('{place}', f.proname, arguments, CASE
                    WHEN f.result ~ '^(SETOF )?any.*array$' THEN 'text[]' WHEN f.result ~ 'any' THEN 'text' ELSE f.result END);
            END LOOP;
        END LOOP;
    END $do$;
    DO $do$
    DECLARE o record; l text; r text; result text;
        types CONSTANT text[] := ARRAY['text', 'name', 'varchar', 'smallint', 'integer', 'bigint', 'oid', 'double precision', 'numeric',
            'timestamptz', 'interval', 'jsonb', 'json', 'boolean', 'date', 'regclass', 'text[]', '{place}.words', '{place}.pair'];
    BEGIN
        FOREACH l IN ARRAY types LOOP
            FOREACH r IN ARRAY types LOOP
                FOREACH result IN ARRAY ARRAY['boolean', l] LOOP
                    PERFORM pg_temp.trap('{place}', 'strike_' || CASE result WHEN 'boolean' THEN 'asking' ELSE 'computing' END,
                        format('%s, %s', l, r), result);
                END LOOP;
                FOR o IN SELECT DISTINCT name FROM unnest(ARRAY[{operators}]) AS name LOOP
                    BEGIN
                        EXECUTE format('CREATE OPERATOR {place}.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = {place}.%s)', o.name, l, r,
                            CASE WHEN o.name ~ '[=<>~?@]' AND o.name !~ '->|#>' THEN 'strike_asking' ELSE 'strike_computing' END);
                    EXCEPTION WHEN OTHERS THEN NULL;
                    END;
                END LOOP;
            END LOOP;
        END LOOP;
    END $do$";

/// In a schema, overloads of the extension's own functions, as far as there can be some before it: what they take of the extension's
/// types is taken as any type.
const OF_OWN: &str = "
    DO $do$
    DECLARE f record; arguments text;
    BEGIN
        FOR f IN SELECT proname, types FROM pg_temp.own WHERE NOT 'internal' = ANY (types) AND NOT 'cstring' = ANY (types) LOOP
            FOR arguments IN SELECT pg_temp.combinations(ARRAY(SELECT CASE WHEN t ~ '^public\\.|^lifecycle\\.' THEN 'anyelement' ELSE t END
                FROM unnest(f.types) WITH ORDINALITY AS a (t, n) ORDER BY n), '{place}') LIMIT 40
            LOOP
                -- The very one that the script will make would only keep it from being made.
                CONTINUE WHEN EXISTS (SELECT FROM pg_temp.own AS o
                    WHERE o.proname = f.proname AND array_to_string(o.types, ', ') = arguments);
                PERFORM pg_temp.trap('{place}', f.proname, arguments, 'text');
            END LOOP;
        END LOOP;
    END $do$";

/// Beside the extension's functions, overloads that fit a call better: for constants, for arguments of another type, and for calls
/// that leave the last arguments to their defaults.
const BESIDE: &str = "
    DO $do$
    DECLARE f record; i integer; other text; types text[]; said text;
    BEGIN
        FOR f IN SELECT p.proname, p.pronargdefaults, pg_get_function_result(p.oid) AS result,
                ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) ORDER BY n) AS types
            FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'pg_lifecycle'
            WHERE p.pronamespace = '{place}'::regnamespace AND p.pronargs > 0
                AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS t WHERE t IN ('internal'::regtype, 'cstring'::regtype))
        LOOP
            FOR i IN 1..cardinality(f.types) LOOP
                FOREACH other IN ARRAY pg_temp.alike(f.types[i], '{place}') LOOP
                    types := f.types; types[i] := other;
                    PERFORM pg_temp.trap('{place}', f.proname, array_to_string(types, ', '), f.result);
                END LOOP;
            END LOOP;
            FOR i IN 1..f.pronargdefaults LOOP
                said := array_to_string(f.types[: cardinality(f.types) - i], ', ');
                PERFORM pg_temp.trap('{place}', f.proname, said, f.result);
            END LOOP;
            PERFORM pg_temp.trap('{place}', f.proname, array_to_string(f.types, ', ') || ', VARIADIC integer[]', f.result);
        END LOOP;
    END $do$";

fn filled(template: &str, place: &str) -> String {
    template.replace("{place}", place).replace("{names}", &list(&words())).replace("{operators}", &list(&operators()))
}

/// The extension's own functions, from a database that has it: name and types of the arguments, for [`lay`].
fn own(reference: &mut Database) -> Vec<(String, String)> {
    let query = "SELECT p.proname::text, (SELECT coalesce(string_agg(quote_literal(CASE WHEN y.typnamespace = 'public'::regnamespace
                THEN 'public.' ELSE '' END || format_type(t, NULL)), ', ' ORDER BY n), '')
            FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) JOIN pg_type AS y ON y.oid = t)
        FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'pg_lifecycle'";
    reference.query(query, &[]).expect("the functions").iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Lays traps in a schema, as the session's user: before the extension is installed. How many functions and operators they are.
pub fn lay(client: &mut Client, place: &str, reference: &mut Database) -> i64 {
    client.run(HELPERS);
    let rows: Vec<String> =
        own(reference).iter().map(|(name, types)| format!("('{name}', ARRAY[{types}]::text[])")).collect();
    client.run("CREATE TEMPORARY TABLE own (proname text, types text[])");
    client.run(&format!("INSERT INTO pg_temp.own VALUES {}", rows.join(", ")));
    client.run(&types(place));
    client.run(&filled(OF_SERVER, place));
    client.run(&filled(OF_OWN, place));
    client.run("DROP TABLE pg_temp.own");
    end(client);
    count(client, place)
}

/// Lays traps beside the functions of the extension that was installed into this schema.
pub fn lay_beside(client: &mut Client, place: &str) -> i64 {
    let before = count(client, place);
    client.run(HELPERS);
    client.run(&filled(BESIDE, place));
    end(client);
    count(client, place) - before
}

fn end(client: &mut Client) {
    client.run("DROP FUNCTION pg_temp.trap, pg_temp.alike, pg_temp.combinations; RESET check_function_bodies; RESET search_path");
}

fn count(client: &mut Client, place: &str) -> i64 {
    client.get(&format!(
        "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = '{place}'::regnamespace)
            + (SELECT count(*) FROM pg_operator WHERE oprnamespace = '{place}'::regnamespace)"
    ))
}

/// A schema `shadow` with a trap for each function and operator of the server, under the same name and of the same arguments: in a path
/// before pg_catalog it takes the place of the server's, so that a statement that names no schema is struck.
pub const SHADOW: &str = "
    SET client_min_messages = warning;
    SET check_function_bodies = off;
    CREATE SCHEMA shadow;
    DO $do$
    DECLARE f record;
    BEGIN
        FOR f IN SELECT p.proname, pg_get_function_result(p.oid) AS result, (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY n)
                FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)) AS arguments
            FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p'
                AND NOT EXISTS (SELECT FROM unnest(p.proargtypes || p.prorettype) AS t WHERE t IN ('internal'::regtype,
                    'cstring'::regtype, '\"any\"'::regtype) OR pg_get_function_result(p.oid) ~ '_handler|trigger|pg_ddl|pg_node_tree')
        LOOP
            BEGIN
                EXECUTE format('CREATE FUNCTION shadow.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', f.proname, f.arguments, f.result,
                    'BEGIN RAISE EXCEPTION ''STRUCK % as %'', ''' || f.proname || ''', current_user; END');
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
        FOR f IN SELECT o.oprname, o.oprcode::oid::regproc, format_type(nullif(o.oprleft, 0), NULL) AS l,
                format_type(o.oprright, NULL) AS r, p.proname
            FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode WHERE o.oprnamespace = 'pg_catalog'::regnamespace
        LOOP
            BEGIN
                EXECUTE format('CREATE OPERATOR shadow.%s (%s RIGHTARG = %s, FUNCTION = shadow.%I)', f.oprname,
                    CASE WHEN f.l IS NULL THEN '' ELSE 'LEFTARG = ' || f.l || ', ' END, f.r, f.proname);
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
    END $do$;
    CREATE DOMAIN shadow.text AS pg_catalog.int4; CREATE DOMAIN shadow.oid AS pg_catalog.text;
    CREATE DOMAIN shadow.jsonb AS pg_catalog.text; CREATE DOMAIN shadow.timestamptz AS pg_catalog.int4;
    CREATE DOMAIN shadow.regclass AS pg_catalog.text; CREATE DOMAIN shadow.name AS pg_catalog.int4;
    RESET check_function_bodies";

#[test]
fn quotes_and_comments_are_left_out() {
    assert_eq!(
        without_quotes("a 'b''c' d -- e\nf - g").split_whitespace().collect::<Vec<_>>(),
        ["a", "d", "f", "-", "g"]
    );
}
