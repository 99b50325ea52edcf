-- The first letter was sent and opened.
\ir club-running.sql

SELECT idempotency_key, customer, template, payload, step, attempt FROM lifecycle.claim_actions('email', 100) \g /dev/null
SELECT lifecycle.complete_action('club', 1, message_id => 'msg-7') \g /dev/null
SELECT lifecycle.record_event('club', 'delivered', 'event-1', action => 1, at => '2025-03-03 10:01') AS delivered,
    lifecycle.record_event('club', 'opened', 'event-2', action => 1, at => '2025-03-03 18:20') AS opened,
    lifecycle.record_event('club', 'opened', 'event-2', action => 1, at => '2025-03-03 18:20') AS again \g /dev/null
