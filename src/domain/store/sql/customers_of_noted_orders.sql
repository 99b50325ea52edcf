SELECT orders.customer
FROM {noted} AS noted JOIN {orders} AS orders ON orders.link = noted.refund_of::{link}
WHERE noted.refund_of IS NOT NULL
