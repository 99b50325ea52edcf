SELECT changed.customer, orders.purchases, events.engagement
FROM {changed} AS changed
    LEFT JOIN {orders} AS orders ON orders.customer = changed.customer
    LEFT JOIN {events} AS events ON events.customer = changed.customer
