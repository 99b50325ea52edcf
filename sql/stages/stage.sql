-- the lifecycle stage of a customer

CREATE TYPE @extschema@.lifecycle_stage AS ENUM ('prospect', 'new', 'active', 'at_risk', 'lapsed');
COMMENT ON TYPE @extschema@.lifecycle_stage IS
    'where a customer stands by order rhythm: prospect (no purchase yet), new (one purchase day, not overdue), active '
    '(several, in rhythm), at_risk (overdue), lapsed (long overdue)';

CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(),
    at_risk_after double precision DEFAULT 1.1, lapsed_after double precision DEFAULT 2.0
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(@extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'the stage of a customer by the own mean gap: at_risk when overdue_ratio > at_risk_after, lapsed when > lapsed_after, else '
    'prospect, new or active by the number of purchase days. Customers with one purchase day are expected again after 90 days';
CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, as_of timestamptz DEFAULT now(),
    at_risk_after double precision DEFAULT 1.1, lapsed_after double precision DEFAULT 2.0
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_history, @extschema@.purchase_rhythm, timestamptz, double precision, double precision
) IS
    'the stage of a customer by expected_gap(h, rhythm), which also one-time buyers have. Without a rhythm, or with one '
    'that could not be fitted, as lifecycle_stage(h)';
CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now(),
    at_risk_below double precision DEFAULT 0.5, lapsed_below double precision DEFAULT 0.1,
    overdue_above double precision DEFAULT 0.9
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, double precision, double precision, double precision
) IS
    'the stage of a customer by a purchase model: lapsed when p_alive < lapsed_below; at_risk when p_alive < at_risk_below, or '
    'when the customer would have bought by now with a probability > overdue_above; else prospect, new or active';
CREATE FUNCTION @extschema@.lifecycle_stage(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    at_risk_below double precision DEFAULT 0.5, lapsed_below double precision DEFAULT 0.1,
    overdue_above double precision DEFAULT 0.9
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision,
    double precision
) IS
    'the same of a customer with frequency repeat purchases, the last of them recency after the first purchase, in a time t '
    'since it, in units of the model''s time';
