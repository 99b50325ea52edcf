-- From which day to which the members of an audience are known; NULL before the first refresh.
SELECT timezone({zone}, audience.since)::date, timezone({zone}, (SELECT max(kpi.as_of) FROM {data.kpi} AS kpi))::date
FROM {data.audience} AS audience WHERE audience.number = $1::int4
