UPDATE {data.journey} AS journey SET started_at = $1::timestamptz WHERE journey.journey = {journey} AND $1 IS NOT NULL
