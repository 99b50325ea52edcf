UPDATE {data.journey} AS journey SET status = $1 WHERE journey.journey = {journey}
