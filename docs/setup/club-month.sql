-- A month of the journey, in which letters are opened and help.
\ir club-polite.sql

SELECT count(lifecycle.record_event('club', 'registered', 'registered ' || i, customer => i::text, at => '2025-03-03 12:00'))
FROM generate_series(505, 1500) AS i \g /dev/null
DO $$
DECLARE
    t timestamptz;
BEGIN
    FOREACH t IN ARRAY '{2025-03-03 15:00,2025-03-04 15:00,2025-03-06 15:00,2025-03-10 15:00,2025-03-14 15:00,2025-03-21 15:00,
        2025-04-04 15:00}'::timestamptz[] LOOP
        CALL lifecycle.refresh('club', as_of => t);
        CALL lifecycle.run_journeys('club', as_of => t);
        PERFORM lifecycle.complete_action(store, action) FROM lifecycle.claim_actions('email', 10000, store => 'club');
        PERFORM lifecycle.record_event('club', 'delivered', 'delivered ' || id, action => id, at => t + interval '1 minute')
        FROM club.action WHERE at = t AND status = 'done';
        PERFORM lifecycle.record_event('club', 'opened', 'opened ' || id, action => id, at => t + interval '3 hours')
        FROM club.action WHERE at = t AND status = 'done' AND lifecycle.hash_share(customer || template, 'opens') < 0.4;
        INSERT INTO sales SELECT customer, t + interval '21 hours', 10 + customer % 40 FROM club.enrollment
        WHERE outcome IS DISTINCT FROM 'goal'
            AND lifecycle.hash_share(customer::text, 'buys on ' || t::date) < CASE WHEN control IS NULL THEN 0.06 ELSE 0.04 END;
    END LOOP;
END $$;
