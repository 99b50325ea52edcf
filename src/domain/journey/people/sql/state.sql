SELECT asked.duplicate = asked.kept, EXISTS (SELECT FROM {data.forgotten}) AND {duplicate_is_forgotten},
    EXISTS (SELECT FROM {data.forgotten}) AND {kept_is_forgotten},
    (SELECT merged.kept::text FROM {data.alias} AS merged WHERE merged.duplicate = asked.duplicate),
    (SELECT merged.kept::text FROM {data.alias} AS merged WHERE merged.duplicate = asked.kept),
    EXISTS (SELECT FROM {data.known_customer} AS known WHERE known.customer = asked.kept),
    octet_length(asked.duplicate::text) > 2000 OR octet_length(asked.kept::text) > 2000
FROM (SELECT $1::{key} AS duplicate, $2::{key} AS kept) AS asked CROSS JOIN {secret}
