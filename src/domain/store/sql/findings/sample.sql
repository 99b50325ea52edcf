SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(sample.*))::pg_catalog.text
FROM (SELECT pg_catalog.format('%s', {customer}) AS customer, {customer} IS NOT NULL AS has_customer, {ordered_at} AS ordered_at,
        {amount} AS amount, {has_amount} AS has_amount, {order_key} AS order_key, pg_catalog.format('%s', {changed_at}) AS changed_at,
        {changed_at} IS NOT NULL AS has_changed_at, pg_catalog.format('%s', {currency}) AS currency
    FROM {relation}{some}
    WHERE {condition} IS NOT FALSE
    LIMIT {sample}) AS sample
