-- Most profiles have changed: they are read one by one.
DELETE FROM {data.profile_change} AS change
WHERE change.kind = 'changed' OR EXISTS (SELECT FROM {data.profile} AS profile WHERE profile.customer = change.customer)
