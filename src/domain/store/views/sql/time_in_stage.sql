-- A stay that has ended lies between two changes of stage of a customer, and was in the stage before the second.
FROM unnest({stages}) WITH ORDINALITY AS stages (stage, stage_order)
LEFT JOIN (SELECT profile.stage, count(*) AS customers,
        avg(greatest(date_part('epoch', {as_of} - profile.stage_since) / 86400, 0)) FILTER (WHERE {as_of} IS NOT NULL) AS days
    FROM {data.profile} AS profile GROUP BY profile.stage) AS present ON present.stage = stages.stage
LEFT JOIN (SELECT stay.stage, count(*) AS stays, avg(stay.days) AS mean_days,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY stay.days) AS median_days
    FROM (SELECT movement.stage_before AS stage,
            date_part('epoch',
                movement.at - lag(movement.at) OVER (PARTITION BY movement.customer ORDER BY movement.at, movement.id)) / 86400 AS days
        FROM {data.movement} AS movement
        WHERE movement.stage_before IS DISTINCT FROM movement.stage_after) AS stay
    WHERE stay.days IS NOT NULL AND stay.stage IS NOT NULL
    GROUP BY stay.stage) AS completed ON completed.stage = stages.stage
ORDER BY stages.stage_order
