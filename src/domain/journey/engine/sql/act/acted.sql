INSERT INTO {table.action} (customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, payload,
    priority, status, claimable_at)
SELECT judged.customer, {journey}, {version}, judged.entry, {step}, judged.round, {now}, judged.arm, judged.control, {channel},
    {template}, judged.payload, {priority}, CASE WHEN judged.control IS NULL THEN 'pending' ELSE 'withheld' END,
    CASE WHEN judged.control IS NULL THEN {now} END
FROM judged
WHERE judged.verdict = 'acted'
ON CONFLICT (customer, journey, version, entry, step, round) DO NOTHING
