FROM ({entries_to_order}
UNION ALL
{entries_to_event}) AS enrollment
JOIN {data.journey} AS journey ON journey.journey = enrollment.journey
LEFT JOIN {data.journey_step} AS step
    ON step.journey = enrollment.journey AND step.version = enrollment.version AND step.step = enrollment.step
