-- the classic five stages of a relationship

CREATE TYPE @extschema@.relationship_stage AS ENUM ('reach', 'acquire', 'develop', 'retain', 'advocate');
COMMENT ON TYPE @extschema@.relationship_stage IS
    'how far the relationship with a person has come: reach (known), acquire (has reacted or subscribed), develop (has bought), '
    'retain (buys again and again), advocate (has bought and recommends us)';

CREATE FUNCTION @extschema@.relationship_stage(
    h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), retain_from bigint DEFAULT 3,
    advocate_referrals bigint DEFAULT 1, referred_buyers bigint DEFAULT 0
) RETURNS @extschema@.relationship_stage
    AS 'MODULE_PATHNAME', 'relationship_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.relationship_stage(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, bigint, bigint, bigint) IS
    'without a purchase acquire if there is an open, click, visit, reply, referral or subscribe, else reach, also for NULL; with one, '
    'advocate if there are at least advocate_referrals referrals or if referred_buyers > 0, else retain with at least '
    'retain_from purchase days (calendar days of the session''s TimeZone), else develop. referred_buyers is how many customers '
    'bought on this one''s word, as of the same instant; NULL is 0. SQLSTATE 22023 if retain_from or advocate_referrals is '
    'below 1 or referred_buyers below 0, 22004 if one of the former is NULL';
