-- The first event that runs have not looked at yet; where there is none, the next that comes.
(SELECT COALESCE(
    (SELECT event.id FROM {data.event} AS event WHERE NOT event.processed ORDER BY event.id LIMIT 1),
    (SELECT max(event.id) + 1 FROM {data.event} AS event),
    1))
