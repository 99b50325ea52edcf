-- Actions of journeys are claimed, completed and failed, and events recorded. The rows are made by hand.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE delivery_orders (customer_id bigint, ordered_at timestamptz, total numeric);
INSERT INTO delivery_orders SELECT n % 20, '2024-01-01Z'::timestamptz + n * interval '1 day', 10 FROM generate_series(1, 60) AS n;
SELECT lifecycle.attach('delivery_shop', orders => 'delivery_orders', customer => 'customer_id', ordered_at => 'ordered_at',
    amount => 'total', settings => '{"reader": ""}') \g /dev/null
INSERT INTO delivery_shop_data.journey (name, status, version) VALUES ('welcome', 'live', 1), ('paused', 'paused', 1), ('ended', 'ended', 1);
INSERT INTO delivery_shop_data.journey_version SELECT journey, 1, '{"entry": {"call": true}}' FROM delivery_shop_data.journey;
INSERT INTO delivery_shop_data.journey_step SELECT journey, 1, s.step, s.name, s.definition FROM delivery_shop_data.journey,
    (VALUES (1, 'letter', '{"act": {"channel": "email", "template": "hello"}}'::jsonb), (2, 'end', '{"exit": "done"}')) AS s (step, name, definition);
-- Played in the past, so that nothing is too late.
UPDATE delivery_shop_data.journey_state SET ran_at = clock_timestamp(), ran_as_of = '2024-01-01 12:00Z';
INSERT INTO delivery_shop_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status, claimable_at)
SELECT n, CASE n WHEN 6 THEN 2 WHEN 7 THEN 3 ELSE 1 END, 1, 1, 1, 1, '2024-01-01 10:00Z'::timestamptz + n * interval '1 minute',
    CASE n WHEN 8 THEN 'sms' ELSE 'email' END, 'hello', format('{"name": "customer %s"}', n)::jsonb, CASE n WHEN 3 THEN 5 ELSE 0 END,
    CASE n WHEN 9 THEN 'withheld' WHEN 10 THEN 'cancelled' ELSE 'pending' END,
    CASE WHEN n < 9 THEN '2024-01-01 10:00Z'::timestamptz + n * interval '1 minute' WHEN n = 11 THEN '2024-01-01 13:00Z' END
FROM generate_series(1, 11) AS n;

-- by priority, then the earlier ones; those of the journeys that are paused or have ended, and what is for later, stay
SELECT store, action, idempotency_key, customer, channel, template, payload, journey, version, step, decided_at, attempt,
    lease_until - clock_timestamp() BETWEEN interval '4 minutes' AND interval '5 minutes' AS leased
FROM lifecycle.claim_actions('email', 2);
SELECT action, attempt FROM lifecycle.claim_actions('email', lease => '1 hour', store => 'delivery_shop');
SELECT action FROM lifecycle.claim_actions('email');
SELECT action FROM lifecycle.claim_actions('fax');
SELECT id, status, attempts, claimed_by ~ '^\w+ \(process \d+\)$' AS claimed FROM delivery_shop_data.action ORDER BY id;

-- what has ended is claimed again
UPDATE delivery_shop_data.action SET claimable_at = clock_timestamp() WHERE id IN (2, 4);
SELECT action, idempotency_key, attempt FROM lifecycle.claim_actions('email');

-- completed once, whatever became of it in between
SELECT lifecycle.complete_action('delivery_shop', 1, 'message-1') AS first, lifecycle.complete_action('delivery_shop', 1, 'message-2') AS second;
SELECT lifecycle.complete_actions('delivery_shop', ARRAY[1, 2, 2, 10]), lifecycle.complete_actions('delivery_shop', '{}') AS none;
SELECT id, status, message_id, claimable_at, completed_at IS NOT NULL AS completed FROM delivery_shop_data.action WHERE id IN (1, 2, 10) ORDER BY id;

-- fails, later and later, and dies
SELECT lifecycle.fail_action('delivery_shop', 3, 'no route') AS status;
CREATE FUNCTION delivery_wait(attempts integer) RETURNS interval LANGUAGE sql AS $$
    UPDATE delivery_shop_data.action SET attempts = $1, status = 'claimed' WHERE id = 3;
    SELECT lifecycle.fail_action('delivery_shop', 3, 'no route');
    SELECT date_trunc('minute', claimable_at - (SELECT ran_as_of + (clock_timestamp() - ran_at) FROM delivery_shop_data.journey_state) + interval '59 seconds') FROM delivery_shop_data.action WHERE id = 3 $$;
SELECT n AS attempt, delivery_wait(n) AS wait FROM generate_series(1, 10) AS n;
DROP FUNCTION delivery_wait;
UPDATE delivery_shop_data.action SET attempts = 8, status = 'claimed' WHERE id = 3;
SELECT lifecycle.fail_action('delivery_shop', 3, 'no route, for the eighth time');
SELECT status, claimable_at, error FROM delivery_shop_data.action WHERE id = 3;
SELECT lifecycle.fail_action('delivery_shop', 3, 'too late') AS dead, lifecycle.fail_action('delivery_shop', 1, 'too late') AS done,
    lifecycle.fail_action('delivery_shop', 9, 'too late') AS withheld;
SELECT lifecycle.retry_action('delivery_shop', 3) AS dead, lifecycle.retry_action('delivery_shop', 3) AS pending, lifecycle.retry_action('delivery_shop', 1) AS done;
SELECT action, attempt FROM lifecycle.claim_actions('email');
SELECT lifecycle.fail_action('delivery_shop', 3, 'no such address', permanent => true);
SELECT lifecycle.complete_action('delivery_shop', 3) AS it_went_after_all;
-- nothing waits in a journey that has ended
SELECT lifecycle.fail_action('delivery_shop', 7, 'no route');

-- events: the same one twice is one
SELECT lifecycle.record_event('delivery_shop', 'Opened', 'e1', action => 1, at => '2024-01-02Z', detail => '{"client": "x"}') AS first,
    lifecycle.record_event('delivery_shop', 'open', 'e1', action => 1) AS second,
    lifecycle.record_event('delivery_shop', 'open', NULL, action => 1, channel => 'email', at => '2024-01-03Z') AS without_id,
    lifecycle.record_event('delivery_shop', 'registered', 'e2', customer => ' 42', at => '2024-01-04Z') AS of_customer;
SELECT customer, kind, at, action, channel, provider_id, detail, processed FROM delivery_shop_data.event ORDER BY id;
-- what was opened has arrived, though the sender has not said so
SELECT lifecycle.record_event('delivery_shop', 'clicked', 'e3', action => 4, at => '2024-01-02Z'),
    lifecycle.record_event('delivery_shop', 'deferred', 'e4', action => 5, at => '2024-01-02Z');
SELECT id, status, completed_at FROM delivery_shop_data.action WHERE id IN (4, 5) ORDER BY id;
-- who unsubscribes gets nothing more on that channel, or on all
SELECT lifecycle.record_event('delivery_shop', 'unsubscribed', 'e5', customer => '8', channel => 'email');
SELECT status FROM delivery_shop_data.action WHERE customer = 8;
SELECT lifecycle.record_event('delivery_shop', 'complained', 'e6', customer => '8');
SELECT status, claimable_at FROM delivery_shop_data.action WHERE customer = 8;
SELECT lifecycle.record_event('delivery_shop', 'subscribed', NULL, customer => '11', at => '2024-02-02Z'),
    lifecycle.record_event('delivery_shop', 'unsubscribed', NULL, customer => '11', at => '2024-02-01Z');
SELECT status FROM delivery_shop_data.action WHERE customer = 11;
SELECT lifecycle.record_event('delivery_shop', 'unsubscribed', NULL, customer => '5');
SELECT lifecycle.fail_action('delivery_shop', 5, 'no route') AS in_flight, lifecycle.complete_action('delivery_shop', 5) AS but_it_went;

-- what cannot be
SELECT lifecycle.record_event('delivery_shop', 'ordered', 'x', customer => '1');
SELECT lifecycle.record_event('delivery_shop', 'two words', 'x', customer => '1');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', customer => 'one');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', action => 1, channel => 'sms');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', action => 1, customer => '1');
SELECT lifecycle.complete_action('delivery_shop', 9);
\set VERBOSITY sqlstate
SELECT lifecycle.record_event('delivery_shop', 'open', 'x');
SELECT lifecycle.record_event('delivery_shop', 'open', '', customer => '1');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', customer => '99999999999999999999');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', customer => '1', at => now() + interval '25 hours');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', customer => '1', at => 'infinity');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', customer => '1', at => NULL);
SELECT lifecycle.record_event('delivery_shop', NULL, 'x', customer => '1');
SELECT lifecycle.record_event('delivery_shop', 'open', 'x', action => 99);
SELECT lifecycle.record_event('no_shop', 'open', 'x', customer => '1');
SELECT lifecycle.record_event(NULL, 'open', 'x', customer => '1');
SELECT * FROM lifecycle.claim_actions(NULL);
SELECT * FROM lifecycle.claim_actions('email', 0);
SELECT * FROM lifecycle.claim_actions('email', 10001);
SELECT * FROM lifecycle.claim_actions('email', NULL);
SELECT * FROM lifecycle.claim_actions('email', lease => '0');
SELECT * FROM lifecycle.claim_actions('email', lease => '-1 minute');
SELECT * FROM lifecycle.claim_actions('email', lease => '1 day 1 second');
SELECT * FROM lifecycle.claim_actions('email', lease => NULL);
SELECT * FROM lifecycle.claim_actions('email', store => 'no_shop');
SELECT * FROM lifecycle.claim_actions('email', stores => '{delivery_shop,no_shop}');
SELECT * FROM lifecycle.claim_actions('email', stores => '{delivery_shop,NULL}');
SELECT count(*) FROM lifecycle.claim_actions('email', stores => '{}');
SELECT * FROM lifecycle.claim_actions('email', budget => NULL);
SELECT * FROM lifecycle.claim_actions('email', budget => '0');
SELECT * FROM lifecycle.claim_actions('email', budget => '61 minutes');
BEGIN READ ONLY;
SELECT * FROM lifecycle.claim_actions('email');
ROLLBACK;
SELECT lifecycle.complete_action('delivery_shop', NULL);
SELECT lifecycle.complete_action('delivery_shop', 99);
SELECT lifecycle.complete_action('no_shop', 1);
SELECT lifecycle.complete_actions('delivery_shop', ARRAY[6, 99]);
SELECT lifecycle.complete_actions('delivery_shop', ARRAY[6, NULL]);
SELECT lifecycle.complete_actions('delivery_shop', NULL);
SELECT lifecycle.fail_action('delivery_shop', 99, 'x');
SELECT lifecycle.fail_action('delivery_shop', 1, NULL);
SELECT lifecycle.fail_action('delivery_shop', 1, 'x', NULL);
SELECT lifecycle.retry_action('delivery_shop', 99);
SELECT lifecycle.schedule_journeys('no_shop', '* * * * *');
SELECT lifecycle.schedule_journeys('delivery_shop', '* * * * *');
SELECT lifecycle.unschedule_journeys(NULL);
\set VERBOSITY default
SELECT status FROM delivery_shop_data.action WHERE id = 6;
SELECT lifecycle.journeys_schedule('delivery_shop') IS NULL AS not_scheduled;
SELECT lifecycle.detach('delivery_shop', discard => true) \g /dev/null
DROP TABLE delivery_orders;
