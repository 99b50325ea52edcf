-- The customers whose profiles the refresh of a version has written.
INSERT INTO {data.profile_change} AS change (customer, version, kind, at)
SELECT profile.customer, {version}, 'changed', {now} FROM {data.profile} AS profile WHERE profile.lifecycle_version = {version}
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
