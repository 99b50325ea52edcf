-- A purchase is one by its place among all of the customer: two may be of one instant and amount. First of all those touches are left
-- out after which the customer has bought nothing for the length of the window, and five days, which is longer than any month or
-- day of a calendar differs from another: most of them, and then the rest need be read for no others. The rule is asked for in the query
-- that joins them and in none within it, so that several workers can look for touches.
FROM (SELECT DISTINCT ON (purchase.customer, purchase.place) purchase.customer, purchase.purchased_at, purchase.amount,
        purchase.refunded, touch.action, touch.journey AS number, touch.version, touch.step AS place_of_step, touch.entry,
        coalesce(touch.arm, '(none)') AS arm, touch.touched_at,
        {attribution.rule} || ' (' || {attribution.touch} || ') within ' || {attribution.window} AS rule
    FROM (
        SELECT sent.id AS action, sent.journey, sent.version, sent.step, sent.entry, sent.arm, sent.customer, sent.decided_at AS earliest_at,
            greatest(sent.completed_at, sent.decided_at) AS latest_at, 'sent' AS touch
        FROM {data.action} AS sent
        WHERE sent.status = 'done' AND NOT sent.transactional
        UNION ALL
        SELECT sent.id, sent.journey, sent.version, sent.step, sent.entry, sent.arm, sent.customer, event.at, event.at, event.kind
        FROM {data.event} AS event JOIN {data.action} AS sent ON sent.id = event.action AND sent.customer = event.customer
        WHERE event.kind <> 'sent' AND NOT event.is_machine AND sent.status = 'done' AND NOT sent.transactional) AS candidate
    JOIN {data.history} AS history ON history.customer = candidate.customer
        AND {ext.last_purchase}(history.purchases, candidate.latest_at + ({attribution.window}::interval + '5 days'::interval)) >= candidate.earliest_at
    CROSS JOIN LATERAL (
        SELECT history.customer, net.purchased_at, net.amount, net.refunded, net.place,
            ((net.purchased_at AT TIME ZONE {zone}) - {attribution.window}::interval) AT TIME ZONE {zone} AS since
        FROM {ext.net_purchases}(history.purchases, '9999-12-31 00:00:00+00'::timestamptz)
            WITH ORDINALITY AS net (purchased_at, amount, refunded, place)
        WHERE candidate.earliest_at <= net.purchased_at) AS purchase
    CROSS JOIN LATERAL (
        SELECT candidate.action, candidate.journey, candidate.version, candidate.step, candidate.entry, candidate.arm,
            greatest(least(candidate.latest_at, min(event.at) FILTER (WHERE {is_answer})), candidate.earliest_at) AS touched_at,
            candidate.touch = 'sent' AND bool_or({is_bounce}) AND NOT bool_or({is_delivery}) AS is_lost
        FROM {data.event} AS event
        WHERE event.customer = candidate.customer AND event.action = candidate.action) AS touch
    WHERE candidate.touch = {attribution.touch} AND candidate.latest_at >= purchase.since AND touch.touched_at BETWEEN purchase.since AND purchase.purchased_at
        AND touch.is_lost IS NOT TRUE
    ORDER BY purchase.customer, purchase.place,
        date_part('epoch', touch.touched_at) * CASE {attribution.rule} WHEN 'first_touch' THEN 1 ELSE -1 END,
        touch.action * CASE {attribution.rule} WHEN 'first_touch' THEN 1 ELSE -1 END) AS credit
JOIN {data.journey} AS journey ON journey.journey = credit.number
LEFT JOIN {data.journey_step} AS step
    ON step.journey = credit.number AND step.version = credit.version AND step.step = credit.place_of_step
