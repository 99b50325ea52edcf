-- OFFSET 0 has the credits of each customer looked for by themselves.
INSERT INTO {data.forgotten_credit} AS kept (journey, version, step, arm, is_treated, month, orders, revenue)
SELECT journey.journey, credit.version, step.step, COALESCE(enrollment.arm, '(none)'), enrollment.control IS NULL,
    date_trunc('month', timezone({zone}, credit.purchased_at))::date, count(*), sum(credit.credit)
FROM (SELECT DISTINCT action.customer FROM {data.action} AS action
        WHERE action.customer = ANY ($1::{key}[]) AND action.status = 'done' AND NOT action.transactional OFFSET 0) AS asked
    CROSS JOIN LATERAL (
        SELECT credits.customer, credits.journey, credits.version, credits.step, credits.entry, credits.purchased_at, credits.credit
        FROM {own.journey_credits} AS credits WHERE credits.customer = asked.customer OFFSET 0) AS credit
    JOIN {data.journey} AS journey ON journey.name = credit.journey
    JOIN {data.journey_step} AS step ON step.journey = journey.journey AND step.version = credit.version AND step.name = credit.step
    JOIN {data.enrollment} AS enrollment
        ON enrollment.customer = credit.customer AND enrollment.journey = journey.journey AND enrollment.entry = credit.entry
GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (journey, version, step, arm, is_treated, month) DO UPDATE
SET orders = kept.orders + excluded.orders, revenue = kept.revenue + excluded.revenue
