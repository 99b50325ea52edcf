DELETE FROM {profile} AS stored WHERE NOT EXISTS (SELECT FROM {scored} AS scored WHERE scored.customer = stored.customer)
