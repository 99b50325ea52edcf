FROM (SELECT {ext.value_concentration}(history.purchases, {as_of}) AS concentration FROM {data.history} AS history
    WHERE {as_of} IS NOT NULL) AS base,
    LATERAL unnest((base.concentration).lorenz) AS point
ORDER BY point.share_of_customers
