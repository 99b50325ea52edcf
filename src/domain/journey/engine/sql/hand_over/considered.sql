SELECT enrolled.*, {zone} AS zone, COALESCE(enrolled.expires_at, {deadline}) AS deadline, {left} AS left_by, {refusal} AS refusal,
    {lacks_address} AS lacks_address, known.known_since IS NULL AND profile.customer IS NULL AS is_unseen,
    NOT (journey.recipients IS NULL OR enrolled.customer::text = ANY (journey.recipients)) AS is_no_recipient, {payload} AS bound,
    {latest} AS latest
FROM enrolled
    JOIN {data.journey} AS journey ON journey.journey = enrolled.journey
    LEFT JOIN {data.known_customer} AS known ON known.customer = enrolled.customer
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
OFFSET 0
