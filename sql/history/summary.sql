-- reading a history: what it says by itself

CREATE FUNCTION @extschema@.num_purchases(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.num_purchases(@extschema@.purchase_history, timestamptz) IS
    'number of purchases at or before as_of; refunds do not count. 0 for NULL';

CREATE FUNCTION @extschema@.num_purchase_days(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_purchase_days_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.num_purchase_days(@extschema@.purchase_history, timestamptz) IS
    'number of calendar days with a purchase, in the session''s TimeZone. 0 for NULL';

CREATE FUNCTION @extschema@.first_purchase(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'first_purchase_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.first_purchase(@extschema@.purchase_history, timestamptz) IS
    'instant of the first purchase; NULL without one';

CREATE FUNCTION @extschema@.last_purchase(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'last_purchase_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.last_purchase(@extschema@.purchase_history, timestamptz) IS
    'instant of the last purchase at or before as_of; NULL without one';

CREATE FUNCTION @extschema@.total_spend(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS numeric
    AS 'MODULE_PATHNAME', 'total_spend_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.total_spend(@extschema@.purchase_history, timestamptz) IS
    'sum of the amounts at or before as_of, refunds deducted: sum(round(amount, 4)), exactly. 0 for NULL';

CREATE FUNCTION @extschema@.average_order_value(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS numeric
    AS 'MODULE_PATHNAME', 'average_order_value_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.average_order_value(@extschema@.purchase_history, timestamptz) IS
    'total_spend / num_purchases; NULL without a purchase';

CREATE FUNCTION @extschema@.recency(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'recency_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.recency(@extschema@.purchase_history, timestamptz) IS
    'as_of - last_purchase: time since the last purchase, in days of 24 hours and the rest; NULL without a purchase';

CREATE FUNCTION @extschema@.tenure(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'tenure_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.tenure(@extschema@.purchase_history, timestamptz) IS
    'as_of - first_purchase: time since the first purchase, in days of 24 hours and the rest; NULL without a purchase';

CREATE FUNCTION @extschema@.mean_gap(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'mean_gap_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.mean_gap(@extschema@.purchase_history, timestamptz) IS
    'mean number of days between consecutive purchase days (calendar days of the session''s TimeZone), as an interval of '
    'days; NULL with fewer than two purchase days';

CREATE FUNCTION @extschema@.median_gap(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'median_gap_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.median_gap(@extschema@.purchase_history, timestamptz) IS
    'median number of days between consecutive purchase days, of an even number of gaps the mean of the middle two '
    '(percentile_cont); NULL with fewer than two purchase days';

CREATE FUNCTION @extschema@.purchases(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), OUT purchased_at timestamptz, OUT amount numeric
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION @extschema@.purchases(@extschema@.purchase_history, timestamptz) IS
    'the purchases and refunds at or before as_of as rows, in order of time; no rows for NULL';

CREATE FUNCTION @extschema@.net_purchases(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), OUT purchased_at timestamptz, OUT amount numeric, OUT refunded numeric
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'net_purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION @extschema@.net_purchases(@extschema@.purchase_history, timestamptz) IS
    'the purchases at or before as_of as rows in order of time, each with the sum that refunds have taken back of it. A refund '
    'takes back the last purchase before it of the same open amount, or else the latest purchases';

CREATE FUNCTION @extschema@.until(h @extschema@.purchase_history, t timestamptz) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'until_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.until(@extschema@.purchase_history, timestamptz) IS
    'the history as it was known at t: without what came after it; empty for NULL. f(until(h, t), t) = f(h, t) for '
    'every reading f';

CREATE TYPE @extschema@.btyd_summary AS (
    frequency bigint,
    recency double precision,
    t double precision,
    monetary_value double precision
);
COMMENT ON TYPE @extschema@.btyd_summary IS 'what buy-till-you-die models are fitted to: (x, t_x, T) and the mean spend';
COMMENT ON COLUMN @extschema@.btyd_summary.frequency IS 'x: purchase days after the first';
COMMENT ON COLUMN @extschema@.btyd_summary.recency IS 't_x: from the first purchase day to the last, in units';
COMMENT ON COLUMN @extschema@.btyd_summary.t IS 'T: from the first purchase day to the day of as_of, in units';
COMMENT ON COLUMN @extschema@.btyd_summary.monetary_value IS
    'all amounts paid less refunds after the first purchase day, per repeat purchase day; 0 where there is none';

CREATE FUNCTION @extschema@.btyd_summary(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), unit interval DEFAULT '7 days'
) RETURNS @extschema@.btyd_summary
    AS 'MODULE_PATHNAME', 'btyd_summary_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.btyd_summary(@extschema@.purchase_history, timestamptz, interval) IS
    '(frequency, recency, t, monetary_value) for buy-till-you-die models (Fader, Hardie, Lee 2005, Marketing Science 24(2), p. '
    '277)';
