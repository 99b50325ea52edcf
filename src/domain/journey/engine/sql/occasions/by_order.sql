SELECT profile.customer, profile.last_purchase AS triggered_at, 'ordered'::text AS reason
FROM {table.profile} AS profile
WHERE profile.last_purchase > {earliest}
