SELECT journey.journey::text FROM {data.journey} AS journey
WHERE journey.journey = {journey} AND journey.status = 'live'
FOR UPDATE SKIP LOCKED
