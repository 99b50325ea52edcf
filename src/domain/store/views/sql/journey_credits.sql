-- A purchase is one by its place among all of the customer: two may be of one instant and amount.
FROM (SELECT DISTINCT ON (purchase.customer, purchase.place) purchase.customer, purchase.purchased_at, purchase.amount,
        purchase.refunded, touch.action, touch.journey, touch.version, touch.step, touch.entry, touch.arm, touch.touched_at,
        attribution.rule || ' (' || attribution.touch || ') within ' || attribution.within AS rule
    FROM (SELECT coalesce(state.policy #>> '{attribution,rule}', {attribution_rule}) AS rule,
            coalesce(state.policy #>> '{attribution,touch}', {attribution_touch}) AS touch,
            coalesce(state.policy #>> '{attribution,window}', {attribution_window}) AS within
        FROM {data.journey_state} AS state) AS attribution
    CROSS JOIN LATERAL (
        SELECT sent.action, sent.journey, sent.version, sent.step, sent.entry, sent.arm, sent.customer, sent.sent_at AS touched_at
        FROM {own.journey_actions} AS sent
        WHERE attribution.touch = 'sent' AND sent.sent_at IS NOT NULL
            AND (sent.bounced_at IS NULL OR sent.delivered_at IS NOT NULL) AND NOT sent.transactional
        UNION ALL
        SELECT sent.action, sent.journey, sent.version, sent.step, sent.entry, sent.arm, sent.customer, event.at
        FROM {data.event} AS event JOIN {own.journey_actions} AS sent ON sent.action = event.action AND sent.customer = event.customer
        WHERE event.kind = attribution.touch AND sent.status = 'done' AND NOT sent.transactional) AS touch
    JOIN (SELECT history.customer, net.purchased_at, net.amount, net.refunded, net.place
        FROM {data.history} AS history, {ext.net_purchases}(history.purchases, '9999-12-31 00:00:00+00'::timestamptz)
            WITH ORDINALITY AS net (purchased_at, amount, refunded, place))
        AS purchase ON purchase.customer = touch.customer
    WHERE touch.touched_at <= purchase.purchased_at
        AND touch.touched_at >= ((purchase.purchased_at AT TIME ZONE {zone}) - attribution.within::interval) AT TIME ZONE {zone}
    ORDER BY purchase.customer, purchase.place,
        date_part('epoch', touch.touched_at) * CASE attribution.rule WHEN 'first_touch' THEN 1 ELSE -1 END,
        touch.action * CASE attribution.rule WHEN 'first_touch' THEN 1 ELSE -1 END) AS credit
