-- Rows of customers that have nothing new are not touched.
MERGE INTO {data.known_customer} AS known
USING (
    SELECT scored.customer, scored.lifecycle_first_at, scored.last_purchase, scored.orders,
        scored.lifecycle_past_changed OR COALESCE(stored.orders <> scored.orders, false) AS lifecycle_past_changed
    FROM {scored} AS scored LEFT JOIN {profile} AS stored ON stored.customer = scored.customer) AS scored
ON scored.customer = known.customer
WHEN MATCHED AND (known.known_since IS NULL OR known.vanished_at IS NOT NULL OR scored.lifecycle_past_changed
    OR known.orders < scored.orders OR GREATEST(known.last_purchase, scored.last_purchase) IS DISTINCT FROM known.last_purchase
    OR LEAST(known.first_at, scored.lifecycle_first_at) IS DISTINCT FROM known.first_at) THEN UPDATE SET
    first_at = LEAST(known.first_at, scored.lifecycle_first_at), last_purchase = GREATEST(known.last_purchase, scored.last_purchase),
    orders = GREATEST(known.orders, scored.orders), known_since = COALESCE(known.known_since, {now}),
    past_changed_at = CASE WHEN {has_bought} THEN NULL
        WHEN scored.lifecycle_past_changed OR known.vanished_at IS NOT NULL THEN clock_timestamp()
        ELSE known.past_changed_at END,
    vanished_at = NULL, stage = NULL, segment = NULL
WHEN NOT MATCHED THEN INSERT (customer, first_at, last_purchase, orders, known_since, past_changed_at)
    VALUES (scored.customer, scored.lifecycle_first_at, scored.last_purchase, scored.orders, {now},
        CASE WHEN NOT {is_first} AND NOT {is_recent} THEN clock_timestamp() END)
