-- Of the occasions of one key the first that was not taken back, or else the first.
SELECT occasion.customer, occasion.triggered_at, occasion.reason, occasion.event, occasion.key, occasion.order_key,
    {entry} AS entry, {zone} AS zone
FROM (SELECT DISTINCT ON ({one_of}) found.customer, found.triggered_at, found.reason, found.event, found.key, found.order_key
        FROM (
{occasions}) AS found
        WHERE found.triggered_at > {started_at} AND found.triggered_at > {earliest} AND found.triggered_at <= {now}
        ORDER BY {one_of}{stands_first}, found.triggered_at, found.event) AS occasion
    LEFT JOIN LATERAL (
        SELECT enrollment.entry, enrollment.entered_at, enrollment.triggered_at, enrollment.due_at
        FROM {table.enrollment} AS enrollment
        WHERE enrollment.customer = occasion.customer AND enrollment.journey = {journey}{same_key}
        ORDER BY enrollment.entry DESC LIMIT 1) AS previous ON true
    LEFT JOIN {table.profile} AS profile ON profile.customer = occasion.customer
    {history_of.occasion}
WHERE (previous.entry IS NULL
        OR (previous.due_at IS NULL AND previous.entered_at < {now} AND previous.triggered_at < occasion.triggered_at AND {again}))
    AND {recipients}
    AND {who}{and_may}
