FROM (
    SELECT audience.name, days.day, COALESCE(change.joined, 0) AS joined, COALESCE(change.gone, 0) AS gone,
        sum(COALESCE(change.joined, 0) - COALESCE(change.gone, 0)) OVER (PARTITION BY audience.number ORDER BY days.day) AS members
    FROM {data.audience} AS audience
        CROSS JOIN LATERAL (
            SELECT series.day::date AS day
            FROM generate_series((audience.since AT TIME ZONE {zone})::date::timestamp, ({as_of} AT TIME ZONE {zone})::date::timestamp,
                '1 day'::interval) AS series (day)) AS days
        LEFT JOIN (
            SELECT logged.audience, logged.day, sum(logged.joined)::bigint AS joined, sum(logged.gone)::bigint AS gone
            FROM (
                SELECT log.audience, (log.at AT TIME ZONE {zone})::date AS day, log.joined::integer AS joined, (NOT log.joined)::integer AS gone
                FROM {data.audience_log} AS log WHERE log.kind <> 'forgotten'
                UNION ALL
                SELECT kept.audience, kept.day, kept.joined, kept.gone FROM {data.forgotten_member} AS kept) AS logged
            GROUP BY 1, 2) AS change
            ON change.audience = audience.number AND change.day = days.day) AS counted
ORDER BY counted.name, counted.day
