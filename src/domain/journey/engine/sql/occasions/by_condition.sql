SELECT profile.customer, {now} AS triggered_at, 'condition'::text AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {table.profile} AS profile LEFT JOIN {data.history} AS history ON history.customer = profile.customer
WHERE {holds} AND {not_by_past}
    AND NOT EXISTS (SELECT FROM {table.journey_condition} AS known
        WHERE known.journey = {journey} AND known.customer = profile.customer)
