SELECT enrolled.*, {zone} AS zone, COALESCE(enrolled.expires_at, {deadline}) AS deadline, {left} AS left_by, {refusal} AS refusal,
    {lacks_address} AS lacks_address, {misses_order} AS misses_order, profile.customer IS NULL AND NOT {was_seen} AS is_unseen,
    NOT (journey.recipients IS NULL OR enrolled.customer::text = ANY (journey.recipients)) AS is_no_recipient, {payload} AS bound,
    {latest} AS latest
FROM enrolled
    JOIN {data.journey} AS journey ON journey.journey = enrolled.journey
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
OFFSET 0
