INSERT INTO {data.fit} (fitted_at, as_of, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend)
SELECT now(), {now}, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend FROM {fitted}
