-- what came of a journey, held against plain SQL and against statistics by hand
SET timezone = 'UTC';
-- a refresh says how far it is once it takes more than a second
SET client_min_messages = warning;
\pset null '-'
CREATE TABLE sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
CREATE INDEX ON sales (customer_id);
INSERT INTO sales SELECT i, timestamptz '2024-01-01' + i * interval '1 minute', 10 FROM generate_series(1, 1200) AS i;
CREATE TABLE people (id integer PRIMARY KEY, country text);
INSERT INTO people SELECT i, (ARRAY['de', 'fr', NULL])[i % 3 + 1] FROM generate_series(1, 1200) AS i;
SELECT lifecycle.attach('trial', '{"orders": "sales", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount",
    "customers": "people", "customers_key": "id", "attributes": ["country"], "reader": ""}');
CALL lifecycle.refresh('trial', '2024-03-01 12:00+00');
SELECT lifecycle.set_journey_policy('trial', '{"control": 0.1, "max_entries": 10000}');
SELECT lifecycle.create_journey('trial', 'offer', '{
    "entry": {"event": "registered"}, "control": 0.3, "goal": {"bought": true, "within": "14 days"},
    "steps": [
        {"name": "subject", "split": [{"arm": "a", "weight": 1, "then": "letter_a"}, {"arm": "b", "weight": 1, "then": "letter_b"}]},
        {"name": "letter_a", "act": {"channel": "email", "template": "a"}, "next": "pause"},
        {"name": "letter_b", "act": {"channel": "email", "template": "b"}, "next": "pause"},
        {"name": "pause", "wait": {"for": "3 days"}},
        {"name": "opened", "branch": [{"if": {"or": [{"event": "opened", "of": "letter_a"}, {"event": "opened", "of": "letter_b"}]},
            "then": "end"}]},
        {"name": "reminder", "act": {"channel": "email", "template": "reminder"}},
        {"name": "end", "exit": "through"}]}', start => true);
UPDATE trial_data.journey SET started_at = '2024-03-01';
SELECT count(*) FILTER (WHERE lifecycle.record_event('trial', 'registered', 'r' || i, customer => i::text, at => '2024-03-01 13:00+00'))
FROM generate_series(1, 1200) AS i;
CALL lifecycle.run_journeys('trial', '2024-03-01 14:00+00');

-- All is sent; some is delivered, opened, clicked, and answered by an unsubscription.
SELECT count(lifecycle.complete_action('trial', action)) FROM lifecycle.claim_actions('email', 10000);
SELECT kind, count(*) FILTER (WHERE lifecycle.record_event('trial', kind, kind || id, action => id, at => timestamptz '2024-03-01 14:05+00' + after)) > 50 AS many
FROM trial_data.action, (VALUES ('delivered', 0.98, interval '0'), ('opened', 0.4, '2 hours'), ('clicked', 0.2, '3 hours'),
    ('unsubscribed', 0.1, '4 hours')) AS k (kind, share, after)
WHERE status = 'done' AND lifecycle.hash_share(customer::text, 'reacts') < share GROUP BY kind ORDER BY kind;
-- Those who got something buy somewhat more often; amounts are skewed, and some is given back.
CREATE TABLE bought AS
    SELECT e.customer, round((5 * exp(4 * lifecycle.hash_share(e.customer::text, 'amount')))::numeric, 2) AS amount,
        timestamptz '2024-03-01 15:00+00' + lifecycle.hash_share(e.customer::text, 'when') * interval '20 days' AS at
    FROM trial_data.enrollment AS e
    WHERE lifecycle.hash_share(e.customer::text, 'buys') < CASE WHEN e.control IS NULL THEN 0.34 ELSE 0.25 END;
INSERT INTO sales SELECT customer, at, amount FROM bought;
INSERT INTO sales SELECT customer, at + interval '1 day', -amount FROM bought WHERE customer % 10 = 0;
INSERT INTO sales SELECT customer, at + interval '1 day', -1 FROM bought WHERE customer % 10 = 1;
INSERT INTO sales SELECT customer, at + interval '1 day', 7 FROM bought WHERE customer % 10 = 2;
CALL lifecycle.refresh('trial', '2024-03-04 14:00+00');
-- Three days after the sending, which was after the run.
CALL lifecycle.run_journeys('trial', '2024-03-04 14:05+00');
SELECT count(lifecycle.complete_action('trial', action)) > 0 FROM lifecycle.claim_actions('email', 10000);
SELECT count(lifecycle.record_event('trial', 'delivered', 'd' || id, action => id, at => '2024-03-04 14:30+00')) > 0
FROM trial_data.action AS a WHERE status = 'done' AND template = 'reminder';
CALL lifecycle.refresh('trial', '2024-03-30 12:00+00');
CALL lifecycle.run_journeys('trial', '2024-03-30 12:00+00');

-- Who has reached the goal, and when: as the table of orders says.
SELECT count(*) AS differ FROM trial.journey_customers AS c
WHERE c.goal_at IS DISTINCT FROM (
    SELECT min(s.ordered_at) FROM sales AS s WHERE s.customer_id = c.customer AND s.amount >= 0
        AND s.ordered_at > c.entered_at AND s.ordered_at <= c.entered_at + interval '14 days');
SELECT treatment, count(*), count(DISTINCT customer) FROM trial.journey_customers GROUP BY treatment ORDER BY treatment;

-- The counts of the report, over the tables as they are.
CREATE TABLE report AS SELECT * FROM lifecycle.journey_report('trial', 'offer');
CREATE TABLE lift AS SELECT * FROM lifecycle.journey_lift('trial', 'offer');
SELECT count(*) AS differ FROM report AS r
WHERE (entered, control, decided, withheld, sent, goal_reached, left_without_goal) IS DISTINCT FROM (
    SELECT (count(*) FILTER (WHERE e.control IS NULL), count(*) FILTER (WHERE e.control IS NOT NULL),
        (SELECT count(*) FILTER (WHERE a.status <> 'withheld') FROM trial_data.action AS a),
        (SELECT count(*) FILTER (WHERE a.status = 'withheld') FROM trial_data.action AS a),
        (SELECT count(*) FROM trial_data.action AS a WHERE a.status = 'done'),
        count(*) FILTER (WHERE e.control IS NULL AND EXISTS (SELECT FROM bought AS b
            WHERE b.customer = e.customer AND b.at <= timestamptz '2024-03-15 14:00+00')),
        count(*) FILTER (WHERE e.control IS NULL AND NOT EXISTS (SELECT FROM bought AS b
            WHERE b.customer = e.customer AND b.at <= timestamptz '2024-03-15 14:00+00')))
    FROM trial_data.enrollment AS e) AND step IS NULL AND arm IS NULL;
SELECT count(*) AS steps, count(*) FILTER (WHERE (decided, withheld, sent, delivered, opened, clicked, unsubscribed) IS DISTINCT FROM (
    SELECT (count(*) FILTER (WHERE a.control IS NULL), count(*) FILTER (WHERE a.control IS NOT NULL), count(*) FILTER (WHERE a.status = 'done'),
        count(*) FILTER (WHERE EXISTS (SELECT FROM trial_data.event AS v WHERE v.action = a.id AND v.kind IN ('delivered', 'open', 'click'))),
        count(*) FILTER (WHERE EXISTS (SELECT FROM trial_data.event AS v WHERE v.action = a.id AND v.kind IN ('open', 'click'))),
        count(*) FILTER (WHERE EXISTS (SELECT FROM trial_data.event AS v WHERE v.action = a.id AND v.kind = 'click')),
        count(*) FILTER (WHERE EXISTS (SELECT FROM trial_data.event AS v WHERE v.action = a.id AND v.kind = 'unsubscribe')))
    FROM trial_data.action AS a JOIN trial_data.journey_step AS s ON s.step = a.step WHERE s.name = r.step)) AS differ
FROM report AS r WHERE r.arm IS NULL AND r.step IN ('letter_a', 'letter_b', 'reminder');
-- Arms and groups add up to all.
SELECT count(*) AS differ FROM report AS r
WHERE arm IS NULL AND step IS DISTINCT FROM 'pause' AND (entered, sent, revenue) IS DISTINCT FROM (SELECT (sum(entered)::bigint, sum(sent)::bigint, sum(revenue))
    FROM report AS q WHERE q.arm IS NOT NULL AND q.step IS NOT DISTINCT FROM r.step);
SELECT group_value, entered + control AS customers, entered + control = (SELECT count(*) FROM people AS p
    WHERE coalesce(p.country, '(none)') = group_value) AS all_of_them
FROM lifecycle.journey_report('trial', 'offer', group_by => 'country', as_of => '2024-03-30 12:00+00')
WHERE step IS NULL AND arm IS NULL AND group_value IS NOT NULL ORDER BY group_value;
-- Nothing had happened before.
SELECT count(*) FROM lifecycle.journey_report('trial', 'offer', as_of => '2024-03-01 13:59+00');
SELECT sum(sent) AS sent, sum(opened) AS opened, sum(goal_reached) AS goal_reached, sum(entered) > 700 AS entered
FROM lifecycle.journey_report('trial', 'offer', as_of => '2024-03-01 14:00+00') WHERE step IS NULL AND arm IS NULL;

-- Each order is credited once, to the last action sent in the 7 days before it; refunds reverse the credit.
CREATE VIEW by_hand AS
    SELECT b.customer, b.at, b.amount, (SELECT a.id FROM trial_data.action AS a CROSS JOIN LATERAL (
            SELECT min(v.at) AS sent_at FROM trial_data.event AS v WHERE v.action = a.id AND v.kind IN ('delivered', 'open', 'click', 'unsubscribe')) AS v
        WHERE a.customer = b.customer AND a.status = 'done' AND least(v.sent_at, a.completed_at) <= b.at
            AND least(v.sent_at, a.completed_at) >= b.at - interval '7 days' ORDER BY least(v.sent_at, a.completed_at) DESC LIMIT 1) AS action,
        CASE b.customer % 10 WHEN 0 THEN b.amount WHEN 1 THEN 1 ELSE 0 END AS refunded
    FROM (SELECT customer, at, amount FROM bought UNION ALL
        SELECT customer, at + interval '1 day', 7 FROM bought WHERE customer % 10 = 2) AS b;
SELECT count(*) > 100 AS many, count(c.action) > 100 AS credited, count(DISTINCT c.step) AS steps,
    count(*) FILTER (WHERE h.action IS DISTINCT FROM c.action OR c.action IS NOT NULL AND h.refunded IS DISTINCT FROM c.refunded) AS differ
FROM by_hand AS h LEFT JOIN trial.journey_credits AS c ON c.customer = h.customer AND c.purchased_at = h.at AND c.amount = h.amount;
SELECT count(*) - count(DISTINCT (customer, purchased_at, amount)) AS twice, bool_and(credit = amount - refunded) AS credit,
    sum(credit) = (SELECT revenue FROM report WHERE step IS NULL AND arm IS NULL) AS as_reported, min(rule) AS rule
FROM trial.journey_credits;
SELECT r.step, r.revenue = sum(c.credit) AS revenue, r.orders = count(*) AS orders FROM report AS r JOIN trial.journey_credits AS c ON c.step = r.step
WHERE r.arm IS NULL GROUP BY r.step, r.revenue, r.orders ORDER BY r.step;
BEGIN;
SELECT lifecycle.set_journey_policy('trial', '{"max_entries": 10000, "attribution": {"window": "10 days", "rule": "first_touch", "touch": "click"}}');
SELECT count(*) > 10 AS many, min(rule) AS rule, bool_and(days_after_touch <= 10) AS within,
    count(*) FILTER (WHERE touched_at IS DISTINCT FROM (SELECT min(v.at) FROM trial_data.event AS v
        WHERE v.customer = c.customer AND v.kind = 'click' AND v.at <= c.purchased_at AND v.at >= c.purchased_at - interval '10 days')) AS differ
FROM trial.journey_credits AS c;
ROLLBACK;

-- The comparison with the control group, by hand: customers who got something, and those of the journey's own control group.
CREATE TABLE groups AS
    SELECT e.control IS NULL AS is_treated, e.control, exists(SELECT FROM bought AS b WHERE b.customer = e.customer AND b.at <= timestamptz '2024-03-15 14:00+00') AS converted,
        coalesce((SELECT sum(s.amount) FROM sales AS s WHERE s.customer_id = e.customer AND s.ordered_at > e.entered_at
            AND s.ordered_at <= e.entered_at + interval '14 days'), 0)::float8 AS spend
    FROM trial_data.enrollment AS e WHERE e.control IS DISTINCT FROM 'store';
CREATE TABLE figures AS
    SELECT count(*) FILTER (WHERE is_treated)::float8 AS n1, count(*) FILTER (WHERE NOT is_treated)::float8 AS n2,
        count(*) FILTER (WHERE is_treated AND converted)::float8 AS x1, count(*) FILTER (WHERE NOT is_treated AND converted)::float8 AS x2,
        avg(spend) FILTER (WHERE is_treated) AS m1, avg(spend) FILTER (WHERE NOT is_treated) AS m2,
        var_samp(spend) FILTER (WHERE is_treated) AS v1, var_samp(spend) FILTER (WHERE NOT is_treated) AS v2
    FROM groups;
CREATE FUNCTION near(a float8, b float8) RETURNS boolean RETURN abs(a - b) < 1e-8 * greatest(1, abs(b));
-- z-test with a pooled share; erfc by its series.
SELECT near(r.treated_conversion, p1) AS treated, near(r.control_conversion, p2) AS control, near(r.conversion_difference, p1 - p2) AS difference,
    near(r.conversion_p_value, 1 - 2 / sqrt(pi()) * (SELECT sum((-1) ^ k * y ^ (2 * k + 1) / (factorial(k)::float8 * (2 * k + 1)))
        FROM generate_series(0, 60) AS k)) AS p_value,
    r.compared_with, r.treated_customers = n1 AND r.control_customers = n2 AS customers, r.conversion_p_value BETWEEN 0.0001 AND 0.2 AS tells
FROM lift AS r, figures, LATERAL (SELECT x1 / n1 AS p1, x2 / n2 AS p2, (x1 + x2) / (n1 + n2) AS p) AS s,
    LATERAL (SELECT abs(p1 - p2) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2)) / sqrt(2) AS y) AS t
WHERE r.arm IS NULL;
-- Katz's interval of the lift, and Newcombe's of the difference from those of Wilson.
SELECT near(r.conversion_lift, p1 / p2 - 1) AS lift,
    near(r.conversion_lift_low, p1 / p2 * exp(-z * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)) - 1) AS lift_low,
    near(r.conversion_lift_high, p1 / p2 * exp(z * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)) - 1) AS lift_high,
    near(r.conversion_difference_low, p1 - p2 - sqrt((p1 - l1) ^ 2 + (u2 - p2) ^ 2)) AS low,
    near(r.conversion_difference_high, p1 - p2 + sqrt((u1 - p1) ^ 2 + (p2 - l2) ^ 2)) AS high
FROM lift AS r, figures, LATERAL (SELECT x1 / n1 AS p1, x2 / n2 AS p2, 1.959963984540054 AS z) AS s,
    LATERAL (SELECT (x1 + z * z / 2 - z * sqrt(x1 * (1 - p1) + z * z / 4)) / (n1 + z * z) AS l1,
        (x1 + z * z / 2 + z * sqrt(x1 * (1 - p1) + z * z / 4)) / (n1 + z * z) AS u1,
        (x2 + z * z / 2 - z * sqrt(x2 * (1 - p2) + z * z / 4)) / (n2 + z * z) AS l2,
        (x2 + z * z / 2 + z * sqrt(x2 * (1 - p2) + z * z / 4)) / (n2 + z * z) AS u2) AS w
WHERE r.arm IS NULL;
-- Spend, by the lot: as the comparison of what plain SQL finds of each customer. The past is that before the entry.
CREATE TABLE compared AS SELECT lifecycle.compare_spend(e.control IS NULL, s.spend, ARRAY[s.spend_before, s.orders_before, s.recency, s.spend_year, s.orders_year], (0.7::float8)::text) AS c,
    lifecycle.compare_spend_anytime(e.control IS NULL, s.spend, 0.7, e.entered_at + interval '14 days', e.customer::text) AS a
FROM trial_data.enrollment AS e, LATERAL (SELECT
    coalesce(sum(s.amount) FILTER (WHERE s.ordered_at > e.entered_at AND s.ordered_at <= e.entered_at + interval '14 days'), 0) AS spend,
    coalesce(sum(s.amount) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '14 days'), 0) AS spend_before,
    count(*) FILTER (WHERE s.amount >= 0 AND s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '14 days') AS orders_before,
    coalesce(least(extract(epoch FROM e.entered_at - max(s.ordered_at) FILTER (WHERE s.amount >= 0 AND s.ordered_at <= e.entered_at)) / 86400, 365), 365) AS recency,
    coalesce(sum(s.amount) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '365 days'), 0) AS spend_year,
    count(*) FILTER (WHERE s.amount >= 0 AND s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '365 days') AS orders_year
    FROM sales AS s WHERE s.customer_id = e.customer) AS s
WHERE e.control IS DISTINCT FROM 'store';
SELECT near(r.treated_spend, m1) AS treated, near(r.control_spend, m2) AS control, near(r.spend_difference, m1 - m2) AS difference, near(r.spend_lift, m1 / m2 - 1) AS lift,
    (r.spend_p_value, r.spend_lift_low, r.spend_lift_high, r.spend_difference_low, r.spend_sample_size, r.adjusted_spend_p_value, r.adjusted_spend_lift, r.adjusted_spend_lift_low, r.adjusted_spend_lift_high, r.status)
        = ((c).p_value, (c).lift_low, (c).lift_high, (c).difference_low, (c).sample_size, (c).adjusted_p_value, (c).adjusted_lift, (c).adjusted_lift_low, (c).adjusted_lift_high, (c).status) AS by_lot,
    (r.p_value_anytime, r.lift_low_anytime) = ((a).p_value_anytime, (a).lift_low_anytime) AS anytime,
    (r.spend_q_value, r.conversion_q_value) = (r.spend_p_value, r.conversion_p_value) AS one_comparison
FROM lift AS r, figures, compared WHERE r.arm IS NULL;
-- The sizes of the groups, and the letters that went elsewhere.
SELECT near(r.sample_ratio_p_value, lifecycle.sample_ratio_p_value(n1::bigint, n2::bigint, 0.7)) AS ratio, control_customers_reached, treated_customers_missed = (
    SELECT count(*) FROM trial_data.enrollment AS e WHERE e.control IS NULL AND NOT EXISTS (
        SELECT FROM trial_data.action AS a WHERE a.customer = e.customer AND a.entry = e.entry AND a.status = 'done')) AS missed, open_customers, may_be_best
FROM lift AS r, figures WHERE r.arm IS NULL;
-- Windows that are open are counted, and left out.
SELECT treated_customers, control_customers, open_customers > 900 AS open, treated_conversion, spend_p_value, status FROM lifecycle.journey_lift('trial', 'offer', as_of => '2024-03-14 12:00+00') WHERE arm IS NULL;
-- Arms that were drawn at the entry: each beside the control customers of the same split, whatever their arm, and beside each other arm.
SELECT r.arm, r.compared_with, r.treated_customers = count(*) FILTER (WHERE e.control IS NULL AND split_part(e.arm, ', ', 1) = r.arm) AS treated,
    r.control_customers = CASE WHEN r.compared_with = 'journey control' THEN count(*) FILTER (WHERE e.control = 'journey')
        ELSE count(*) FILTER (WHERE e.control IS NULL AND split_part(e.arm, ', ', 1) = r.compared_with) END AS others, r.sample_ratio_p_value > 0.001 AS sound, r.may_be_best
FROM lift AS r, trial_data.enrollment AS e WHERE r.arm IS NOT NULL GROUP BY r.arm, r.compared_with, r.treated_customers, r.control_customers, r.sample_ratio_p_value, r.may_be_best ORDER BY 1, 2;
-- Benjamini and Hochberg, as R's p.adjust has it: p n / rank, and none larger than that of a larger p.
SELECT count(*) AS rows, bool_and(near(l.spend_q_value, q.spend)) AS spend, bool_and(near(l.conversion_q_value, q.conversion)) AS conversion, bool_and(l.spend_q_value >= l.spend_p_value) AS larger
FROM lift AS l, LATERAL (SELECT (SELECT min(b.spend_p_value * n.n / n.place) FROM lift AS b, LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE o.spend_p_value <= b.spend_p_value) AS place FROM lift AS o WHERE o.arm IS NOT NULL) AS n WHERE b.arm IS NOT NULL AND b.spend_p_value >= l.spend_p_value) AS spend,
    (SELECT min(b.conversion_p_value * n.n / n.place) FROM lift AS b, LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE o.conversion_p_value <= b.conversion_p_value) AS place FROM lift AS o WHERE o.arm IS NOT NULL) AS n WHERE b.arm IS NOT NULL AND b.conversion_p_value >= l.conversion_p_value) AS conversion) AS q
WHERE l.arm IS NOT NULL;
-- Groups are those at the entry, when nobody had bought yet, whatever the profile says now.
SELECT group_value, treated_customers, control_customers FROM lifecycle.journey_lift('trial', 'offer', group_by => 'stage') WHERE arm IS NULL ORDER BY group_value NULLS FIRST;
SELECT count(DISTINCT stage) > 1 AS others_by_now FROM trial.customers;
SELECT lifecycle.journey_lift('trial', 'offer', group_by => 'stage_since');
-- Against the store's control group.
SELECT compared_with, control_customers = (SELECT count(*) FROM trial_data.enrollment WHERE control = 'store') AS all_of_them
FROM lifecycle.journey_lift('trial', 'offer', against => 'store', as_of => '2024-03-30 12:00+00') WHERE arm IS NULL;

-- The funnel, and the time to the goal: where all are known for the whole time, the share is the plain one.
SELECT f.step, entries = (SELECT entered FROM report AS r WHERE r.arm IS NULL AND r.step IS NOT DISTINCT FROM nullif(f.step, '(entered)')) AS entries
FROM trial.journey_funnel AS f WHERE treatment = 'treated' AND step <> '(goal)' ORDER BY place;
SELECT g.treatment, count(*) > 5 AS days, count(*) FILTER (WHERE abs(share_reached - (
    SELECT avg((c.goal_at < c.entered_at + (g.day + 1) * interval '1 day')::int) FROM
        (SELECT coalesce(goal_at, 'infinity') AS goal_at, entered_at, treatment FROM trial.journey_customers) AS c WHERE c.treatment = g.treatment)) > 0.0001) AS differ
FROM trial.journey_goals AS g GROUP BY g.treatment ORDER BY g.treatment;
SELECT DISTINCT as_of = (SELECT max(as_of) FROM trial.kpis) AS as_of_the_last_refresh FROM (SELECT as_of FROM trial.journey_funnel
    UNION ALL SELECT as_of FROM trial.journey_goals) AS shown;

-- One customer.
SELECT min(customer) AS one FROM trial.journey_credits WHERE step = 'reminder' AND customer % 10 = 1 \gset
SELECT at::date, step, kind, kind = 'purchased' OR reason IS NULL OR reason !~ '[0-9]{3}' AS short FROM lifecycle.explain_journey('trial', 'offer', :'one');
SELECT reason ~ '^[0-9.]+; given back: 1.00; credited to action [0-9]+$' AS reason
FROM lifecycle.explain_journey('trial', 'offer', :'one') WHERE kind = 'purchased';
SELECT kind, reason FROM lifecycle.explain_journey('trial', 'offer', (SELECT min(customer)::text FROM trial_data.enrollment WHERE control = 'store')) LIMIT 1;
SELECT count(*) FROM lifecycle.explain_journey('trial', 'offer', '999999');

-- Who may read: whoever may read the views.
CREATE ROLE journey_reader;
SET ROLE journey_reader;
SELECT count(*) FROM lifecycle.journey_report('trial', 'offer');
SELECT count(*) FROM lifecycle.journey_lift('trial', 'offer');
SELECT count(*) FROM lifecycle.explain_journey('trial', 'offer', '1');
RESET ROLE;
GRANT SELECT ON trial.journeys TO journey_reader;
SET ROLE journey_reader;
SELECT count(*) > 0 AS may FROM lifecycle.journey_report('trial', 'offer');
SELECT count(*) > 0 AS may FROM lifecycle.journey_lift('trial', 'offer');
SELECT count(*) > 0 AS may FROM lifecycle.explain_journey('trial', 'offer', '1');
RESET ROLE;

-- Refusals.
SELECT lifecycle.journey_report('nowhere', 'offer');
SELECT lifecycle.journey_report('trial', 'ofer');
SELECT lifecycle.journey_report('trial', 'offer', group_by => 'contry');
SELECT lifecycle.journey_report('trial', 'offer', group_by => 'x" FROM pg_authid --');
SELECT lifecycle.journey_lift('trial', 'offer', against => 'nobody');
SELECT lifecycle.journey_lift('trial', 'offer', confidence => 1);
SELECT lifecycle.journey_lift('trial', 'offer', confidence => 'NaN');
SELECT lifecycle.journey_report('trial', 'offer', as_of => 'infinity');
SELECT lifecycle.journey_report('trial', NULL);
SELECT lifecycle.journey_lift('nowhere', 'offer');
SELECT lifecycle.journey_lift('trial', 'offer', group_by => 'contry');
SELECT lifecycle.journey_lift('trial', 'offer', as_of => 'infinity');
SELECT lifecycle.journey_lift('trial', 'offer', confidence => NULL);
SELECT lifecycle.explain_journey('trial', 'offer', 'x');
SELECT lifecycle.explain_journey('trial', 'offer', NULL);

DROP VIEW by_hand;
SELECT lifecycle.detach('trial', discard => true);
DROP OWNED BY journey_reader;
DROP ROLE journey_reader;
DROP TABLE sales, people, bought, report, groups, figures, compared;
DROP FUNCTION near;
