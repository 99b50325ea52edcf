-- the phase of the relationship with a person

CREATE TYPE @extschema@.lifecycle_phase AS ENUM ('activation', 'conversion', 'growth', 'retention', 'reactivation', 'sunset');
COMMENT ON TYPE @extschema@.lifecycle_phase IS
    'what the relationship with a person needs next: activation (a first reaction), conversion (engaged: a purchase), growth '
    '(has bought of late: more), retention (is of more value than others: keep), reactivation (silent for long: win back), '
    'sunset (did not answer, or wants nothing: stop)';

CREATE FUNCTION @extschema@.lifecycle_phase(
    h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), average_spend numeric DEFAULT NULL,
    vip boolean DEFAULT false, inactive_after interval DEFAULT '12 months', engaged_within interval DEFAULT '90 days',
    win_back_at timestamptz DEFAULT NULL, win_back_wait interval DEFAULT '30 days'
) RETURNS @extschema@.lifecycle_phase
    AS 'MODULE_PATHNAME', 'lifecycle_phase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.lifecycle_phase(
    @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, numeric, boolean, interval, interval, timestamptz, interval
) IS
    'the first that holds: NULL without a purchase or event; sunset if consent is withdrawn and as_of > the last purchase + inactive_after, or there is none; if as_of > '
    'the last activity + inactive_after, sunset if an offer was made at win_back_at, not before that activity and not after '
    'as_of, and as_of > win_back_at + win_back_wait, else reactivation; if as_of <= the last purchase + inactive_after, '
    'retention if vip or total_spend > average_spend, else growth; conversion if as_of <= the last open, click, visit or reply + '
    'engaged_within; else activation. Activity is a purchase, open, click, visit, reply, referral or subscribe; of who never did '
    'any, the first event stands for it. Consent is withdrawn where unsubscribe or complaint is the last word on every channel that '
    'has a sent, delivered or subscribe; a word without a channel is one on all. Terms end by the calendar of the session''s '
    'TimeZone. A NULL average_spend exceeds nobody, a NULL vip is false. SQLSTATE 22023 if a term is negative, 22004 if it '
    'is NULL, 22003 if average_spend is no amount';
