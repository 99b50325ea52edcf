-- A refund is no order.
SELECT placed.customer, placed.triggered_at, 'ordered'::text AS reason, NULL::int8 AS event, {key} AS key, placed.order_key
FROM (SELECT profile.customer, purchase.purchased_at AS triggered_at, {order_key} AS order_key
        FROM {table.profile} AS profile JOIN {data.history} AS history ON history.customer = profile.customer
            CROSS JOIN LATERAL {ext.purchases}(history.purchases, {known_until}) AS purchase
        WHERE profile.last_purchase > {earliest} AND purchase.purchased_at > {earliest} AND COALESCE(purchase.amount, 0) >= 0
            AND {is_occasion}) AS placed
WHERE {is_known}
