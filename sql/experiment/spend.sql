-- what treated customers spent beside control customers, judged by the lot itself

CREATE TYPE lifecycle.spend_comparison AS (
    treated_customers bigint,
    control_customers bigint,
    treated_buyers bigint,
    control_buyers bigint,
    treated_mean double precision,
    control_mean double precision,
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint,
    adjusted_difference double precision,
    adjusted_difference_low double precision,
    adjusted_difference_high double precision,
    adjusted_lift double precision,
    adjusted_lift_low double precision,
    adjusted_lift_high double precision,
    adjusted_p_value double precision,
    strata bigint,
    left_out_customers bigint,
    method text,
    permutations bigint,
    status text
);
COMMENT ON TYPE lifecycle.spend_comparison IS 'what the customers of two groups spent, and how far the groups differ, judged by drawing the lot again';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_customers IS 'treated customers that were compared; all of them where nothing was';
COMMENT ON COLUMN lifecycle.spend_comparison.control_customers IS 'control customers that were compared; all of them where nothing was';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_buyers IS 'treated customers who spent more than 0';
COMMENT ON COLUMN lifecycle.spend_comparison.control_buyers IS 'control customers who spent more than 0';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_mean IS
    'mean spend of a treated customer; with strata, each stratum weighs as its customers of both groups do';
COMMENT ON COLUMN lifecycle.spend_comparison.control_mean IS 'mean spend of a control customer, weighed likewise';
COMMENT ON COLUMN lifecycle.spend_comparison.difference IS 'treated_mean - control_mean';
COMMENT ON COLUMN lifecycle.spend_comparison.difference_low IS
    'lower end of the confidence interval of what the treatment added to the spend of an average treated customer; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.difference_high IS 'upper end of that interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.lift IS
    'treated_mean / control_mean - 1: 0.1 is a tenth more; NULL unless control_mean is above 0 and treated_mean is not below 0';
COMMENT ON COLUMN lifecycle.spend_comparison.lift_low IS 'lower end of the confidence interval of the lift, at least -1; NULL where lift is not defined';
COMMENT ON COLUMN lifecycle.spend_comparison.lift_high IS 'upper end of the confidence interval of the lift; NULL where no lift is too large';
COMMENT ON COLUMN lifecycle.spend_comparison.p_value IS
    'twice the share of lots that make at least so large a difference in the same direction, if the treatment did nothing; at most 1';
COMMENT ON COLUMN lifecycle.spend_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference or without spend, and beyond what a bigint holds';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference IS
    'difference after the spend that the covariates in before explain is taken off; NULL without covariates, as are the following';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference_low IS 'lower end of its confidence interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference_high IS 'upper end of its confidence interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift IS 'lift at which both groups, adjusted, do not differ';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift_low IS 'lower end of its confidence interval, at least -1';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift_high IS 'upper end of its confidence interval; NULL where no lift is too large';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_p_value IS 'p-value of the adjusted difference, in the same way';
COMMENT ON COLUMN lifecycle.spend_comparison.strata IS 'strata that were compared; 1 without strata';
COMMENT ON COLUMN lifecycle.spend_comparison.left_out_customers IS 'customers of strata in which one group has nobody';
COMMENT ON COLUMN lifecycle.spend_comparison.method IS
    'all lots or random lots, within how many strata, and for how many covariates it was adjusted; NULL where nothing was compared';
COMMENT ON COLUMN lifecycle.spend_comparison.permutations IS
    'number of lots that were looked at: all where there are at most 19,999, else 1,999, or 19,999 where p_value is near 1 - confidence';
COMMENT ON COLUMN lifecycle.spend_comparison.status IS
    'what the comparison can see: how many buyers the smaller group has, and the smallest lift that is found more often than missed';

CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[]) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[]) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text, double precision) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.compare_spend_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'compare_spend_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION lifecycle.compare_spend_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION lifecycle.compare_spend_final(internal) RETURNS lifecycle.spend_comparison
    AS 'MODULE_PATHNAME', 'compare_spend_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION lifecycle.compare_spend_final(internal) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric) IS
    'compare_spend(treated, spend, NULL): no covariates';
CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric, before double precision[]) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[]) IS
    'compare_spend(treated, spend, before, NULL): one stratum';
CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric, before double precision[], stratum text) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[], text) IS
    'compare_spend(treated, spend, before, stratum, 0.95)';
CREATE AGGREGATE lifecycle.compare_spend(
    treated boolean, spend numeric, before double precision[], stratum text, confidence double precision
) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[], text, double precision) IS
    'compares what treated and control customers spent, a row a customer, by redrawing the lot within each stratum; also adjusted for what '
    'was known before. Rows whose treated is NULL are skipped, and a NULL spend is 0';

CREATE TYPE lifecycle.anytime_comparison AS (
    p_value_anytime double precision,
    lift_low_anytime double precision,
    lift_high_anytime double precision
);
COMMENT ON TYPE lifecycle.anytime_comparison IS
    'how far treated customers differ from control customers in spend, for readers who look every day and stop when they see an effect';
COMMENT ON COLUMN lifecycle.anytime_comparison.p_value_anytime IS
    'without an effect at most a share p of all experiments ever has so small a value, however often a reader looks; NULL where a group is '
    'empty and where no customer spent';
COMMENT ON COLUMN lifecycle.anytime_comparison.lift_low_anytime IS
    'lower end of the lifts that hold the true one at every look, in as many experiments as confidence says, if the treatment multiplies spend; -1 '
    'without an end; NULL where p_value_anytime is, and where no lift is left';
COMMENT ON COLUMN lifecycle.anytime_comparison.lift_high_anytime IS 'upper end of those lifts; NULL where no lift is too large, and where the lower end is NULL';

CREATE FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text, double precision) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_anytime_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.compare_spend_anytime_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION lifecycle.compare_spend_anytime_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION lifecycle.compare_spend_anytime_final(internal) RETURNS lifecycle.anytime_comparison
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_final(internal) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.compare_spend_anytime(
    treated boolean, spend numeric, treated_share double precision, ended_at timestamptz, customer text
) (
    SFUNC = lifecycle.compare_spend_anytime_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_anytime_final,
    COMBINEFUNC = lifecycle.compare_spend_anytime_combine, SERIALFUNC = lifecycle.compare_spend_anytime_serialize,
    DESERIALFUNC = lifecycle.compare_spend_anytime_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend_anytime(boolean, numeric, double precision, timestamptz, text) IS
    'compare_spend_anytime(treated, spend, treated_share, ended_at, customer, 0.95)';
CREATE AGGREGATE lifecycle.compare_spend_anytime(
    treated boolean, spend numeric, treated_share double precision, ended_at timestamptz, customer text, confidence double precision
) (
    SFUNC = lifecycle.compare_spend_anytime_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_anytime_final,
    COMBINEFUNC = lifecycle.compare_spend_anytime_combine, SERIALFUNC = lifecycle.compare_spend_anytime_serialize,
    DESERIALFUNC = lifecycle.compare_spend_anytime_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend_anytime(boolean, numeric, double precision, timestamptz, text, double precision) IS
    'compares spend so that a reader may look at any time: bets on each customer''s group, drawn with probability treated_share, in the order in '
    'which windows ended. Rows whose treated or treated_share is NULL are skipped, and a NULL spend is 0';
