-- The key of an order is held by its digest where it is long: many rows with long keys take no more memory for them.
SELECT purchase_history('2024-01-01Z'::timestamptz, 1::numeric, repeat('x', 1000000)) FROM generate_series(1, 2000)
