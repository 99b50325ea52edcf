-- growth potential: the same functions under the name that the question has

CREATE FUNCTION @extschema@.growth_potential(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval DEFAULT '1 year', as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.growth_potential(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the propensity to buy again within the horizon, from 0 to 1: purchase_probability(h, m, horizon, as_of), with a year for '
    'the horizon where none is given. That the customer may have left for good is in it. NULL and errors as there';

CREATE FUNCTION @extschema@.growth_potential(
    h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, horizon interval DEFAULT '1 year', as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 150;
COMMENT ON FUNCTION @extschema@.growth_potential(@extschema@.purchase_history, @extschema@.purchase_rhythm, interval, timestamptz) IS
    'the same by the rhythm of the base: purchase_probability(h, rhythm, horizon, as_of), which takes for granted that the '
    'customer still buys. NULL and errors as there';
