-- The fit in force, as JSON of texts.
SELECT json_build_object('rfm_breaks', rfm_breaks::text, 'rhythm', rhythm::text, 'purchase_model', purchase_model::text,
    'spend_model', spend_model::text, 'vip_breaks', vip_breaks::text, 'mean_spend', mean_spend::text)
FROM {data.fit} ORDER BY id DESC LIMIT 1
