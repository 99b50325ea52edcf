SELECT journey.journey::text FROM {data.journey} AS journey
WHERE journey.journey = {journey} AND journey.status = 'live' AND journey.held_event IS NOT NULL
FOR UPDATE SKIP LOCKED
