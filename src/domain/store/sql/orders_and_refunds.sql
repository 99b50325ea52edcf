(SELECT customer, {names} FROM {orders} WHERE {condition}
    UNION ALL SELECT customer, {values} FROM (SELECT refund_of AS customer, * FROM {refunds}) AS refund WHERE {condition})
