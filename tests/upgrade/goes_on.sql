-- The stores go on after the update. What this prints is what is wrong; nothing if all is well.
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CALL lifecycle.refresh('shop', as_of => '2024-01-01Z', refit => true);
CALL lifecycle.refresh('compared', as_of => '2024-01-01Z', refit => true);
SELECT 'differs from its rows', v.* FROM lifecycle.verify('shop') AS v;
SELECT 'differs from its rows', v.* FROM lifecycle.verify('compared') AS v;
SELECT 'was not noted', n FROM unnest('{8,900}'::bigint[]) AS n
    WHERE NOT EXISTS (SELECT FROM shop_data.profile AS p WHERE p.customer = n AND p.last_purchase >= '2023-12-02Z');

-- A store that is attached now says the same, and has the same schema.
DO $$
BEGIN
    PERFORM lifecycle.attach('second_one', (SELECT settings FROM lifecycle.store WHERE store = 'shop'));
END $$;
CALL lifecycle.refresh('second_one', as_of => '2024-01-01Z', refit => true);
SELECT 'profile differs', customer FROM shop_data.profile AS a FULL JOIN second_one_data.profile AS b USING (customer)
    WHERE to_jsonb(a) - '{stage_since,segment_since,lifecycle_version}'::text[] IS DISTINCT FROM to_jsonb(b) - '{stage_since,segment_since,lifecycle_version}'::text[];
CREATE FUNCTION pg_temp.schema_of(store text) RETURNS TABLE (line text) LANGUAGE sql AS $$
    SELECT format('%s %s %s %s %s %s', c.relkind, c.relname, CASE c.relkind WHEN 'v' THEN a.attnum END, a.attname,
            format_type(a.atttypid, a.atttypmod), a.attnotnull)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace IN (store::regnamespace, (store || '_data')::regnamespace) AND c.relkind IN ('r', 'v', 'S')
    UNION ALL SELECT format('comment of %s %s: %s', c.relname, d.objsubid, replace(d.description, store, 'S'))
        FROM pg_class AS c JOIN pg_description AS d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass
        WHERE c.relnamespace IN (store::regnamespace, (store || '_data')::regnamespace) AND c.relkind = 'r'
    UNION ALL SELECT replace(pg_get_functiondef(p.oid), store, 'S') FROM pg_proc AS p WHERE p.pronamespace = store::regnamespace
    UNION ALL SELECT replace(pg_get_constraintdef(k.oid), store, 'S') FROM pg_constraint AS k WHERE k.connamespace IN (store::regnamespace, (store || '_data')::regnamespace)
    UNION ALL SELECT format('%s.%s', c.relname, col_description(c.oid, a.attnum)) FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace IN (store::regnamespace, (store || '_data')::regnamespace) AND c.relkind = 'v'
            AND col_description(c.oid, a.attnum) !~ store
$$;
SELECT 'only in the upgraded store', * FROM (SELECT * FROM pg_temp.schema_of('shop') EXCEPT SELECT * FROM pg_temp.schema_of('second_one')) AS s;
SELECT 'only in a fresh store', * FROM (SELECT * FROM pg_temp.schema_of('second_one') EXCEPT SELECT * FROM pg_temp.schema_of('shop')) AS s;
DO $$ BEGIN PERFORM lifecycle.detach('second_one'); END $$;

-- The journey goes on where it was, and a sender sends what waits.
CALL lifecycle.run_journeys('shop', '2023-12-02 12:01Z');
DO $$ BEGIN
    PERFORM lifecycle.complete_action('shop', action) FROM lifecycle.claim_actions('email', 100, store => 'shop');
    PERFORM lifecycle.complete_action('shop', id) FROM shop_data.action WHERE status = 'claimed';
END $$;
CALL lifecycle.run_journeys('shop', '2023-12-06 12:00Z');
SELECT 'was not decided', n FROM generate_series(1, 5) AS n
    WHERE (SELECT count(*) FROM shop_data.action AS a WHERE a.customer = n) <> 2;
-- What looked like no value when the journey was started is handed over as it is.
SELECT 'payload differs', definition #> '{act,payload}' FROM shop_data.journey_step WHERE name = 'two' AND definition #> '{act,payload}' <> '{
    "track": {"as_is": {"event": "winback_sent"}}, "coupon": {"as_is": {"code": "SUMMER24"}}, "country": {"profile": "country"},
    "list": [1, {"as_is": {"order": 7}}, [{"deep": {"as_is": {"profile": "x", "default": {"event": "y"}}}}]],
    "both": {"code": "A", "other": {"as_is": {"event": "z"}}}, "two": {"code": "A", "event": "b"}, "text": "code", "": {"as_is": {"code": null}}}';
SELECT 'handed over otherwise', payload FROM lifecycle.claim_actions('email', 100, store => 'shop')
    WHERE step = 'two' AND payload <> '{}' AND payload - 'country' <> '{"track": {"event": "winback_sent"}, "coupon": {"code": "SUMMER24"},
        "list": [1, {"order": 7}, [{"deep": {"profile": "x", "default": {"event": "y"}}}]], "both": {"code": "A", "other": {"event": "z"}},
        "two": {"code": "A", "event": "b"}, "text": "code", "": {"code": null}}';
SELECT 'one differs', payload FROM shop_data.action WHERE step = 1 AND status = 'done' AND payload NOT IN ('{}', '{"code": "SUMMER24"}');
SELECT 'is not guarded', tgname FROM pg_trigger WHERE tgrelid = 'shop_data.journey_step'::regclass AND NOT tgisinternal AND tgenabled <> 'O';
DO $$ BEGIN PERFORM lifecycle.detach('shop'), lifecycle.detach('compared'); END $$;
