DELETE FROM {table.journey_condition} AS known
WHERE known.journey = {journey}
    AND NOT EXISTS (SELECT FROM {table.profile} AS profile LEFT JOIN {data.history} AS history ON history.customer = profile.customer
        WHERE {holds} AND profile.customer = known.customer)
