UPDATE {table.journey} AS journey
SET movement_seen = GREATEST(journey.movement_seen, $2::int8), joined_seen = GREATEST(journey.joined_seen, $4::int8),
    scanned_at = $3::timestamptz
WHERE journey.journey = $1::int4
