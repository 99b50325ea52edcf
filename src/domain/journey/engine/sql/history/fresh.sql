LEFT JOIN {data.history} AS stored ON stored.customer = {customer}
    LEFT JOIN {fresh} AS fresh ON fresh.customer = {customer}
    CROSS JOIN LATERAL (SELECT CASE WHEN fresh.customer IS NULL THEN stored.purchases ELSE fresh.purchases END AS purchases,
        CASE WHEN fresh.customer IS NULL THEN stored.engagement ELSE fresh.engagement END AS engagement,
        CASE WHEN fresh.customer IS NULL THEN {known_until} ELSE {purchases_until} END AS purchases_until,
        CASE WHEN fresh.customer IS NULL THEN {known_until} ELSE {engagement_until} END AS engagement_until) AS history
