FROM (SELECT stored.id, stored.fitted_at, stored.as_of, part.kind_order, part.kind, part.kind_of_model, part.value,
        CASE part.kind
            WHEN 'rfm_breaks' THEN json_build_object('recency_days', part.value -> 'recency_days',
                'frequency', part.value -> 'frequency', 'monetary', part.value -> 'monetary')
            WHEN 'vip_breaks' THEN json_build_object('purchases', part.value -> 'purchases', 'tenure_days', part.value -> 'tenure_days',
                'spend', part.value -> 'spend', 'top_share', part.value -> 'top_share', 'mean_spend', part.value -> 'mean_spend')
            ELSE part.value -> 'params' END AS params
    FROM {data.fit} AS stored,
        LATERAL (VALUES (1, 'rfm_breaks', 'quantiles', stored.rfm_breaks::text::json), (2, 'rhythm', '', stored.rhythm::text::json),
            (3, 'purchase_model', '', stored.purchase_model::text::json), (4, 'spend_model', '', stored.spend_model::text::json),
            (5, 'vip_breaks', 'quantiles', stored.vip_breaks::text::json)) AS part (kind_order, kind, kind_of_model, value)) AS fit
ORDER BY fit.id DESC, fit.kind_order
