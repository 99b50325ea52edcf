SELECT (SELECT state.home FROM {data.journey_state} AS state), held.kind, held.reason, held.since::text
FROM (SELECT) AS one LEFT JOIN (SELECT hold.kind, hold.reason, hold.since FROM {data.hold} AS hold ORDER BY hold.since LIMIT 1) AS held ON true
