FROM (SELECT said.customer, said.channel, max(said.given_at) AS given_at, max(said.withdrawn_at) AS withdrawn_at,
        (array_agg(said.evidence ORDER BY said.given_at DESC) FILTER (WHERE said.given_at IS NOT NULL))[1] AS evidence
    FROM {data.consent} AS said GROUP BY said.customer, said.channel) AS consent
ORDER BY consent.customer, consent.channel NULLS FIRST
