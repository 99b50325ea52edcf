-- The sums of each group, from which columns of views are read. They are made before anything is joined or shared out, so that they
-- can be made in parallel.
(SELECT {group} AS group_key, count(*) AS customers, count(*) FILTER (WHERE profile.orders > 0) AS buyers,
        {customers_by_stage}, count(*) FILTER (WHERE profile.vip) AS vips,
        sum(profile.orders)::int8 AS orders, sum(profile.spend) AS spend, avg(profile.recency_days) AS recency_days,
        avg(profile.p_alive) AS p_alive, sum(profile.expected_purchases) AS expected_purchases,
        sum(profile.predicted_ltv) AS predicted_ltv
    FROM {data.profile} AS profile
    GROUP BY 1) AS sums
