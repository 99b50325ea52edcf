-- A statement of its own, because only such a one may use parallel workers.
CREATE TEMPORARY TABLE {fitted} AS
SELECT count(*) FILTER (WHERE base.has_bought) AS customers,
    {ext.rfm_breaks}(base.purchases, {now}, {bins}::int4) AS rfm_breaks,
    {ext.purchase_rhythm}(base.purchases, {now}) AS rhythm,
    {ext.purchase_model}(base.purchases, {model}, {now}) AS purchase_model,
    {ext.spend_model}(base.purchases, {now}) AS spend_model,
    {ext.vip_breaks}(base.purchases, {now}) AS vip_breaks,
    round(avg({ext.total_spend}(base.purchases, {now})) FILTER (WHERE base.has_bought), 4) AS mean_spend
FROM (SELECT purchases, {ext.num_purchases}(purchases, {now}) > 0 AS has_bought FROM {data.history}) AS base
