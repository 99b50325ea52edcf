{refunds} LEFT JOIN (
        SELECT DISTINCT ON ({order_key}) {order_key} AS order_key, {customer} AS customer
        FROM {orders} WHERE {is_order} AND {condition} ORDER BY {order_key}, {customer}) AS of_order
    ON of_order.order_key OPERATOR(pg_catalog.=) {order}
