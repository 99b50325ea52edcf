INSERT INTO {table.action} (customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, priority,
    status, claimable_at, expires_at, topic, transactional, incarnation)
SELECT judged.customer, {journey}, {version}, judged.entry, {step}, judged.round, {now}, judged.arm, {control}, {channel},
    {template}, {priority}, CASE WHEN {control} IS NULL THEN 'pending' ELSE 'withheld' END,
    CASE WHEN {control} IS NULL THEN {now} END, {expires_at}, {topic}, {transactional},
    (SELECT state.incarnation FROM {table.journey_state} AS state)
FROM judged
WHERE judged.verdict = 'acted'
ON CONFLICT (customer, journey, version, entry, step, round) DO NOTHING
RETURNING id, customer, status
