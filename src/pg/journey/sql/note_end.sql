INSERT INTO {data.decision} (customer, journey, version, entry, step, round, decided_at, kind, reason)
SELECT enrollment.customer, enrollment.journey, enrollment.version, enrollment.entry, enrollment.step, enrollment.round, now(), 'left',
    'ended'
FROM {data.enrollment} AS enrollment
WHERE enrollment.journey = {journey} AND enrollment.ended_at IS NULL
