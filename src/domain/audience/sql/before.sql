LEFT JOIN (
        SELECT audience.number, profile.customer, audience.holds
        FROM (
            SELECT scored.*, stored.stage_since, stored.segment_since
            FROM (
{scored}) AS scored JOIN {data.profile} AS stored ON stored.customer = scored.customer) AS profile
            {history}CROSS JOIN LATERAL (VALUES {conditions}) AS audience (number, holds)
        WHERE profile.customer IN (SELECT moved.customer FROM {moved} AS moved)) AS before
        ON before.number = moved.audience AND before.customer = moved.customer
