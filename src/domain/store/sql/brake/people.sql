SELECT count(stored.customer), count(*) FILTER (WHERE base.customer IS NULL), count(base.customer)
FROM {data.profile} AS stored FULL JOIN ({base}) AS base ON base.customer = stored.customer
