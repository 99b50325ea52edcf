(SELECT customer, {names} FROM {orders} WHERE {condition}
    UNION ALL SELECT of_order.customer, {values}
    FROM (SELECT customer, link{rate} FROM {orders} WHERE {condition} GROUP BY customer, link) AS of_order
        JOIN {refunds} AS refund ON of_order.link = refund.refund_of
    WHERE {amount} BETWEEN -922337203685477.5807 AND -0.00005)
