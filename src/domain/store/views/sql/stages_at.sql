-- A customer is where the last movement up to then has led, or else whence the first one after it came, or else, without any, where
-- the profile says. A NULL there says that the customer was not there.
SELECT known.customer, known.stage, array_position({stages}, known.stage), known.segment
FROM (SELECT coalesce(profile.customer, logged.customer) AS customer,
        CASE WHEN logged.customer IS NULL THEN profile.stage ELSE logged.stage END AS stage,
        CASE WHEN logged.customer IS NULL THEN profile.segment ELSE logged.segment END AS segment
    FROM {data.profile} AS profile
    FULL JOIN (SELECT coalesce(before.customer, after.customer) AS customer,
            CASE WHEN before.customer IS NULL THEN after.stage ELSE before.stage END AS stage,
            CASE WHEN before.customer IS NULL THEN after.segment ELSE before.segment END AS segment
        FROM (SELECT DISTINCT ON (movement.customer) movement.customer, movement.stage_after AS stage,
                movement.segment_after AS segment
            FROM {data.movement} AS movement WHERE movement.at <= stages_at.at
            ORDER BY movement.customer, movement.at DESC, movement.id DESC) AS before
        FULL JOIN (SELECT DISTINCT ON (movement.customer) movement.customer, movement.stage_before AS stage,
                movement.segment_before AS segment
            FROM {data.movement} AS movement WHERE movement.at > stages_at.at
            ORDER BY movement.customer, movement.at, movement.id) AS after
            ON after.customer = before.customer) AS logged ON logged.customer = profile.customer) AS known
WHERE known.stage IS NOT NULL
