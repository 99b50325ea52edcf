INSERT INTO {table.decision} (customer, journey, version, entry, step, round, decided_at, kind, reason)
SELECT note.customer, {journey}, {version}, note.entry, note.step, note.round, {now}, note.kind, note.reason
FROM (
{notes}) AS note (customer, entry, step, round, kind, reason)
