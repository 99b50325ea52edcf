-- Customers who are gone, and that they are, for those who keep a copy.
WITH gone AS (
    DELETE FROM {profile} AS stored WHERE NOT EXISTS (SELECT FROM {scored} AS scored WHERE scored.customer = stored.customer)
    RETURNING stored.customer)
INSERT INTO {data.profile_change} (customer, version, kind, at) SELECT gone.customer, {version}, 'left', {now} FROM gone
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
