CREATE TABLE {data.fit} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fitted_at timestamptz NOT NULL,
    as_of timestamptz NOT NULL, customers bigint NOT NULL, rfm_breaks {ext.rfm_breaks}, rhythm {ext.purchase_rhythm},
    purchase_model {ext.purchase_model}, spend_model {ext.spend_model}, vip_breaks {ext.vip_breaks}, mean_spend numeric)
