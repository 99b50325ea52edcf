DELETE FROM {data.audience_member} AS member USING {moved} AS moved
WHERE NOT moved.joined AND member.audience = moved.audience AND member.customer = moved.customer
