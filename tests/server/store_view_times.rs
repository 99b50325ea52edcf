//! The views of days and months, and of the log of movements, against plain SQL over the tables of `store_views`.

use postgres::Client;

use crate::harness::{Ask, assert_none};
use crate::store_views::{ZONE, assert_same};

/// The base and the sales by days and months, each of which has a row.
pub fn check_days(client: &mut Client) {
    for zone in ["UTC", "Asia/Tokyo"] {
        client.run(&format!("SET TimeZone = '{zone}'"));
        assert_same(
            client,
            "stage_days",
            "TABLE stage_days",
            "SELECT day, s.name, s.place::int, CASE s.name WHEN 'prospect' THEN prospects WHEN 'new' THEN \"new\" WHEN 'active' THEN active
                WHEN 'at_risk' THEN at_risk ELSE lapsed END, as_of
             FROM (SELECT date '1998-06-01' + n AS day FROM generate_series(0, 30) AS n) AS d, stages_in_order AS s,
                LATERAL (SELECT * FROM kpi WHERE kpi.day <= d.day ORDER BY kpi.day DESC LIMIT 1) AS k (of_day)",
        );
        let sold = format!(
            "(SELECT (ordered_at AT TIME ZONE '{ZONE}')::date AS day, amount, customer FROM public.orders
                WHERE ordered_at <= (SELECT max(as_of) FROM kpi))"
        );
        assert_same(
            client,
            "sales",
            "TABLE sales",
            &format!(
                "SELECT d.day::date, count(amount) FILTER (WHERE amount >= 0), coalesce(round(sum(amount), 2), 0),
                    count(DISTINCT customer) FILTER (WHERE amount >= 0), (SELECT max(as_of) FROM kpi)
                 FROM generate_series(timestamp '1996-12-31', (SELECT max(as_of) FROM kpi) AT TIME ZONE '{ZONE}', '1 day') AS d (day)
                    LEFT JOIN {sold} AS o ON o.day = d.day::date GROUP BY 1"
            ),
        );
        assert_same(
            client,
            "kpis_by_month",
            "SELECT month, complete, as_of, customers, buyers, prospects, \"new\", active, at_risk, lapsed, vips, orders_to_date, revenue_to_date,
                orders, revenue, moved FROM kpis_by_month",
            &format!(
                "SELECT k.month, k.month < '1998-07-01', as_of, customers, buyers, prospects, \"new\", active, at_risk, lapsed, vips, k.orders_to_date,
                    round(k.revenue_to_date, 2), o.orders, o.revenue, moved
                 FROM (SELECT date_trunc('month', day::timestamp)::date AS month, * FROM kpi) AS k
                 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE amount >= 0), coalesce(round(sum(amount), 2), 0) FROM {sold} AS o
                    WHERE date_trunc('month', day::timestamp)::date = k.month) AS o (orders, revenue)"
            ),
        );
    }
    client.run("RESET TimeZone");
    // A month without a refresh has the levels of the one before.
    client.run("BEGIN; UPDATE kpi SET day = '1998-04-30' WHERE day = '1998-06-01'");
    assert_eq!(
        client.texts("SELECT format('%s %s %s %s', month, complete, buyers, moved) FROM kpis_by_month"),
        ["1998-04-01 t 8 0", "1998-05-01 t 8 0", "1998-06-01 t 8 0", "1998-07-01 f 9 7"]
    );
    client.run("ROLLBACK");
}

pub fn check_months(client: &mut Client) {
    client.run(&format!(
        "CREATE TEMP TABLE months AS
            SELECT customer, date_trunc('month', ordered_at AT TIME ZONE '{ZONE}')::date AS month, count(*) FILTER (WHERE amount > 0 OR NOT
                refund) AS orders, sum(amount) AS revenue,
                min(date_trunc('month', first AT TIME ZONE '{ZONE}')::date) AS cohort
            FROM (SELECT *, amount < 0 AS refund, min(ordered_at) OVER (PARTITION BY customer) AS first FROM public.orders) AS o
            GROUP BY customer, 2"
    ));
    // Midnight in Greenwich is the month before: nobody's session may change that.
    assert_eq!(client.get::<String>("SELECT min(month)::text FROM months"), "1996-12-01");
    for zone in ["UTC", "Asia/Tokyo", ZONE] {
        client.run(&format!("SET TimeZone = '{zone}'"));
        assert_same(
            client,
            "growth",
            "SELECT month, active, \"new\", revenue FROM growth WHERE active > 0",
            "SELECT month, count(*) FILTER (WHERE orders > 0), count(*) FILTER (WHERE orders > 0 AND month = cohort),
                round(sum(revenue), 2) FROM months GROUP BY 1",
        );
        assert_same(
            client,
            "cohorts",
            "SELECT cohort, cohort_month, month, customers, active, retention, orders, revenue FROM cohorts WHERE active > 0",
            "SELECT m.cohort, left(m.cohort::text, 7), m.month, c.n, count(*) FILTER (WHERE m.orders > 0),
                round(count(*) FILTER (WHERE m.orders > 0)::numeric / c.n, 4), sum(m.orders)::bigint, round(sum(m.revenue), 2)
             FROM months AS m JOIN (SELECT cohort, count(DISTINCT customer) AS n FROM months GROUP BY 1) AS c USING (cohort)
             GROUP BY 1, 2, 3, 4 HAVING count(*) FILTER (WHERE m.orders > 0) > 0",
        );
        assert_none(
            client,
            "ages",
            "SELECT FROM cohorts WHERE month <> cohort + make_interval(months => age) OR complete <> (month < '1998-07-01')",
        );
        let days = "SELECT count(*) FROM movements WHERE day <> (at AT TIME ZONE 'America/New_York')::date";
        assert_eq!(client.get::<i64>(days), 0);
    }
    client.run("RESET TimeZone");
}

pub fn check_log(client: &mut Client) {
    client.run(
        "CREATE TEMP TABLE changes AS
            SELECT customer, at, id, 'stage' AS what, coalesce(stage_before, '(none)') AS f, coalesce(stage_after, '(none)') AS t
                FROM movement WHERE stage_before IS DISTINCT FROM stage_after
            UNION ALL SELECT customer, at, id, 'segment', coalesce(segment_before, '(none)'), coalesce(segment_after, '(none)')
                FROM movement WHERE segment_before IS DISTINCT FROM segment_after",
    );
    assert_same(
        client,
        "movements",
        "SELECT customer, at, kind, moved_from, moved_to, orders_before, spend_before, score_after, refitted FROM movements",
        "SELECT c.customer, c.at, what, f, t, coalesce(orders_before, 0), coalesce(round(spend_before, 2), 0), score_after, refitted
         FROM changes AS c JOIN movement AS m USING (id)",
    );
    let place = |name: &str| {
        format!("coalesce((SELECT place FROM stages_in_order WHERE kind = 'stage' AND name = {name}),
            (SELECT place FROM segments_in_order WHERE kind = 'segment' AND name = {name}), CASE {name} WHEN '(none)' THEN 0 END)::int")
    };
    for view in ["movements", "transitions"] {
        assert_none(
            client,
            view,
            &format!(
                "SELECT * FROM {view} WHERE (moved_from_order, moved_to_order) IS DISTINCT FROM ({}, {})",
                place("moved_from"),
                place("moved_to")
            ),
        );
    }
    // The links of a Sankey chart go one way.
    for links in ["transitions", "transition_matrix('1998-05-01', '1998-06-25')"] {
        assert_none(client, links, &format!("SELECT source FROM {links} INTERSECT SELECT target FROM {links}"));
        assert_none(
            client,
            links,
            &format!("SELECT source FROM {links} WHERE source <> 'from ' || moved_from OR target <> 'to ' || moved_to"),
        );
    }
    assert_none(
        client,
        "places of the matrix",
        "SELECT * FROM transition_matrix('1998-05-01', '1998-06-25') WHERE moved_from_order <> coalesce((SELECT place FROM stages_in_order
            WHERE name = moved_from), 0) OR moved_to_order <> coalesce((SELECT place FROM stages_in_order WHERE name = moved_to), 0)",
    );
    let newest_first = client.texts("SELECT at::text FROM movements");
    assert!(newest_first.is_sorted_by(|a, b| a >= b));
    assert_same(
        client,
        "transitions",
        "SELECT kind, moved_from, moved_to, moves, customers, share_of_moves FROM transitions",
        "SELECT what, f, t, count(*), count(DISTINCT customer), round(count(*)::numeric / (SELECT count(*) FROM changes AS a
            WHERE a.what = c.what AND a.f = c.f), 4) FROM changes AS c GROUP BY what, f, t",
    );
    assert_same(
        client,
        "time in stage, present",
        "SELECT stage, customers, mean_days_so_far FROM time_in_stage WHERE customers > 0",
        "SELECT stage, count(*), round((avg(extract(epoch FROM '1998-07-01'::timestamp AT TIME ZONE 'America/New_York' - stage_since))
            / 86400)::numeric, 1) FROM profile GROUP BY 1",
    );
    assert_same(
        client,
        "time in stage, completed",
        "SELECT stage, completed_stays, mean_days_completed, median_days_completed FROM time_in_stage WHERE completed_stays > 0",
        "SELECT f, count(*), round(avg(d), 1), round((percentile_cont(0.5) WITHIN GROUP (ORDER BY d))::numeric, 1)
         FROM (SELECT f, extract(epoch FROM at - (SELECT max(b.at) FROM changes AS b WHERE b.what = 'stage' AND b.customer = c.customer
                AND b.at < c.at)) / 86400 AS d FROM changes AS c WHERE what = 'stage' AND f <> '(none)') AS s
         WHERE d IS NOT NULL GROUP BY 1",
    );
    for at in ["1998-01-01", "1998-05-05", "1998-05-10 00:00:01", "1998-05-22", "1998-06-15", "1998-07-01", "infinity"]
    {
        assert_same(
            client,
            at,
            &format!("SELECT customer::text, stage, segment FROM stages_at('{at}')"),
            &format!(
                "SELECT customer::text, stage, segment FROM (
                    SELECT customer,
                        CASE WHEN b.id IS NOT NULL THEN b.stage_after WHEN a.id IS NOT NULL THEN a.stage_before ELSE p.stage END AS stage,
                        CASE WHEN b.id IS NOT NULL THEN b.segment_after WHEN a.id IS NOT NULL THEN a.segment_before ELSE p.segment END
                            AS segment
                    FROM (SELECT customer FROM profile UNION SELECT customer FROM movement) AS everybody
                        LEFT JOIN profile AS p USING (customer)
                        LEFT JOIN LATERAL (SELECT * FROM movement AS m WHERE m.customer = everybody.customer AND m.at <= '{at}'
                            ORDER BY at DESC, id DESC LIMIT 1) AS b USING (customer)
                        LEFT JOIN LATERAL (SELECT * FROM movement AS m WHERE m.customer = everybody.customer AND m.at > '{at}'
                            ORDER BY at, id LIMIT 1) AS a USING (customer)) AS w
                 WHERE stage IS NOT NULL"
            ),
        );
    }
    assert_same(
        client,
        "now",
        "SELECT * FROM stages_at(now())",
        "SELECT customer, stage, stage_order, segment FROM profile JOIN stages USING (stage)",
    );
    check_functions(client);
    // Known on the day itself: new, gone, and back.
    let on = |day: &str, customer: &str| {
        format!("SELECT coalesce((SELECT stage FROM stages_at('{day}') WHERE customer = '{customer}'), 'not there')")
    };
    assert_eq!(client.get::<String>(&on("1998-05-10", "900002")), "new");
    for (day, customer) in
        [("1998-05-01", "900002"), ("1998-06-25", "900002"), ("1998-05-10", "8"), ("1998-06-01", "2")]
    {
        assert_eq!(client.get::<String>(&on(day, customer)), "not there", "{day} {customer}");
    }
    assert_eq!(client.get::<i64>("SELECT count(*) FROM stages_at(NULL)"), 0);
}

/// The day is one of the store's zone, and ends with its last instant; the matrix counts those who stay, too.
fn check_functions(client: &mut Client) {
    for zone in ["UTC", "Asia/Tokyo"] {
        client.run(&format!("SET TimeZone = '{zone}'"));
        for day in ["1998-05-04", "1998-05-05", "1998-05-24", "1998-06-20"] {
            let end = format!("(('{day}'::date + 1)::timestamp AT TIME ZONE '{ZONE}' - interval '1 microsecond')");
            assert_same(
                client,
                day,
                &format!("SELECT * FROM stages_on('{day}')"),
                &format!("SELECT * FROM stages_at({end})"),
            );
        }
        for (before, after) in
            [("1998-05-01", "1998-06-25"), ("1998-05-10", "1998-05-22"), ("1998-05-22", "1998-05-22")]
        {
            assert_same(
                client,
                "transition_matrix",
                &format!("SELECT moved_from, moved_to, customers, share FROM transition_matrix('{before}', '{after}')"),
                &format!(
                    "SELECT f, t, n, round(n::numeric / sum(n) OVER (PARTITION BY f), 4)
                     FROM (SELECT coalesce(b.stage, '(none)') AS f, coalesce(a.stage, '(none)') AS t, count(*) AS n
                           FROM stages_at('{before}') AS b FULL JOIN stages_at('{after}') AS a USING (customer) GROUP BY 1, 2) AS m"
                ),
            );
        }
    }
    client.run("RESET TimeZone");
}
