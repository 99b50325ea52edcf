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
    'how far the relationship with a customer has come: reach, acquire (reacted), develop (bought), retain (retain_from '
    'purchase days) or advocate (advocate_referrals referrals, or customers whom this one brought: referred_buyers)';
