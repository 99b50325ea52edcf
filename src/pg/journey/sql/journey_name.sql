SELECT journey.name FROM {data.journey} AS journey WHERE journey.journey = $1::int4
