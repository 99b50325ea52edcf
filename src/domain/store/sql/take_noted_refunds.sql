-- The customers whose refunds have changed, of those who are not known to have changed; NULL for all. An order that comes later, or that
-- gets another customer, is noted with its own rows.
WITH noted AS (DELETE FROM {notes} RETURNING refund_of), once AS (SELECT DISTINCT refund_of FROM noted)
INSERT INTO {changed} (customer)
SELECT NULL WHERE EXISTS (SELECT FROM once WHERE once.refund_of IS NULL)
UNION (({customers}) EXCEPT SELECT changed.customer FROM {changed} AS changed)
