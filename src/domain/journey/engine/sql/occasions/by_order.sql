SELECT profile.customer, profile.last_purchase AS triggered_at, 'ordered'::text AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {table.profile} AS profile
WHERE profile.last_purchase > {earliest}
