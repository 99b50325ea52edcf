
    UNION ALL
    SELECT merged.kept, said.channel, said.given_at, said.withdrawn_at
    FROM {data.alias} AS merged JOIN {data.source_consents} AS said ON said.customer = merged.duplicate
