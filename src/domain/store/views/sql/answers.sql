-- A row for 64 actions, whose numbers differ in the last six bits, with a bit for each. An event with an action is of that action's
-- customer. OFFSET hides from the planner how many actions there are, of which it would expect as many rows; a bigint that is no
-- expression lets several workers read the events.
SELECT event.actions, {bits}
FROM (SELECT event.action >> 6 AS actions, 1::int8 << (event.action & 63)::int4 AS bit, event.kind, event.is_machine
    FROM {data.event} AS event WHERE event.action IS NOT NULL AND {known} OFFSET '0'::int8) AS event
GROUP BY event.actions
