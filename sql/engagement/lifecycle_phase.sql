-- the phase of the relationship with a person

CREATE TYPE @extschema@.lifecycle_phase AS ENUM ('activation', 'conversion', 'growth', 'retention', 'reactivation', 'sunset');
COMMENT ON TYPE @extschema@.lifecycle_phase IS
    'what the relationship with a person needs next: activation, conversion, growth, retention, reactivation or sunset';

CREATE FUNCTION @extschema@.lifecycle_phase(
    h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), average_spend numeric DEFAULT NULL,
    vip boolean DEFAULT false, inactive_after interval DEFAULT '12 months', engaged_within interval DEFAULT '90 days',
    win_back_at timestamptz DEFAULT NULL, win_back_wait interval DEFAULT '30 days'
) RETURNS @extschema@.lifecycle_phase
    AS 'MODULE_PATHNAME', 'lifecycle_phase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.lifecycle_phase(
    @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, numeric, boolean, interval, interval, timestamptz, interval
) IS
    'the phase of a customer by purchases, reactions and consent: activation, conversion, growth, retention, reactivation or '
    'sunset; NULL without a purchase or event. docs/engagement.md has the rules; terms end by the calendar of the session';
