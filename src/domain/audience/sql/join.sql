INSERT INTO {data.audience_member} (audience, customer, since)
SELECT moved.audience, moved.customer, {now} FROM {moved} AS moved WHERE moved.joined
