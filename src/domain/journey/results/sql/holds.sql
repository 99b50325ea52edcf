SELECT min(hold.since) AS since, string_agg(hold.kind || ': ' || hold.reason, '; ' ORDER BY hold.kind) AS reason
FROM {data.hold} AS hold
HAVING count(*) > 0
