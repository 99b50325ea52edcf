-- The condition is new: no customer has done anything.
INSERT INTO {data.audience_log} (audience, customer, at, joined, kind)
SELECT moved.audience, moved.customer, {now}, moved.joined, 'defined' FROM {moved} AS moved
ORDER BY moved.audience, moved.customer
