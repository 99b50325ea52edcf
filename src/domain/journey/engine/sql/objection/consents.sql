(SELECT recorded.customer, recorded.channel, recorded.given_at, recorded.withdrawn_at FROM {data.consent} AS recorded
    UNION ALL
    SELECT said.customer, said.channel, said.given_at, said.withdrawn_at FROM {data.source_consents} AS said{of_merged})
