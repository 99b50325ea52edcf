-- Also customers of rows that the store's condition does not let in any more. The bound is of the column's own type, so that an index on
-- the column serves. A row without a value may be new each time.
INSERT INTO {changed} (customer, high)
SELECT customer, max(changed_at) FILTER (WHERE {is_past})::text FROM {grown} WHERE changed_at >= {bound} OR changed_at IS NULL GROUP BY customer
