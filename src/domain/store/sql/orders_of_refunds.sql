
    LEFT JOIN (SELECT DISTINCT orders.link FROM {orders} AS orders WHERE {has_rate}) AS of_order ON of_order.link OPERATOR(pg_catalog.=) refund.refund_of
