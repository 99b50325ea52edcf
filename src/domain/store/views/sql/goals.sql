-- What each version is for, from the head of its definition: a kind of event, or so many purchases and so much spend; within so long.
-- OFFSET: the head is read once, and not for each row that is joined to it. A bigint that is no expression lets several workers do so.
(SELECT version.journey, version.version, {goal_event} AS event,
        coalesce((version.head #>> '{goal,bought,at_least}')::numeric, 1)::int8 AS at_least,
        (version.head #>> '{goal,bought,spend_at_least}')::numeric AS spend_at_least,
        coalesce(version.head #>> '{goal,within}', {goal_within})::interval AS within
    FROM {data.journey_version} AS version OFFSET '0'::int8)
