-- OFFSET 0 has each of these expressions computed once.
SELECT profile.customer, found.triggered_at, {what} || origin.day AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {table.profile} AS profile, LATERAL (SELECT {day} AS day OFFSET 0) AS origin,
    generate_series({first}, {last}) AS around (years),
    LATERAL (SELECT {years} AS years OFFSET 0) AS anniversary,
    LATERAL (SELECT timezone({zone}, {instant} + {time}::interval) AS triggered_at OFFSET 0) AS found
WHERE origin.day IS NOT NULL AND anniversary.years >= 0
    AND found.triggered_at <= {now} AND found.triggered_at > {earliest}
