-- experiments: treated customers against control customers

CREATE TYPE lifecycle.conversion_comparison AS (
    treated_rate double precision,
    control_rate double precision,
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint
);
COMMENT ON TYPE lifecycle.conversion_comparison IS 'the shares of two groups of customers who converted, and how far they differ';
COMMENT ON COLUMN lifecycle.conversion_comparison.treated_rate IS 'share of the treated customers who converted, 0 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.control_rate IS 'share of the control customers who converted, 0 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference IS 'treated_rate - control_rate, -1 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference_low IS 'lower end of the confidence interval of the difference';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference_high IS 'upper end of the confidence interval of the difference';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift IS 'treated_rate / control_rate - 1: 0.1 is a tenth more';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift_low IS
    'lower end of the confidence interval of the lift; NULL where a rate is 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift_high IS
    'upper end of the confidence interval of the lift; NULL where a rate is 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.p_value IS
    'how likely at least so large a difference, in either direction, would be without an effect, 0 to 1; NULL where both '
    'rates are 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference, and beyond what a bigint holds';

CREATE TYPE lifecycle.mean_comparison AS (
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint
);
COMMENT ON TYPE lifecycle.mean_comparison IS 'how far the means of two groups of customers differ';
COMMENT ON COLUMN lifecycle.mean_comparison.difference IS 'treated_mean - control_mean, in their unit';
COMMENT ON COLUMN lifecycle.mean_comparison.difference_low IS
    'lower end of the confidence interval of the difference; NULL without both variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.difference_high IS
    'upper end of the confidence interval of the difference; NULL without both variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.lift IS 'treated_mean / control_mean - 1: 0.1 is a tenth more';
COMMENT ON COLUMN lifecycle.mean_comparison.lift_low IS
    'lower end of the confidence interval of the lift; NULL also where control_mean does not differ significantly from 0';
COMMENT ON COLUMN lifecycle.mean_comparison.lift_high IS
    'upper end of the confidence interval of the lift; NULL also where control_mean does not differ significantly from 0';
COMMENT ON COLUMN lifecycle.mean_comparison.p_value IS
    'how likely at least so large a difference, in either direction, would be without an effect, 0 to 1; NULL without both '
    'variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference or a variance, and beyond what a bigint holds';

CREATE FUNCTION lifecycle.compare_conversions(
    treated bigint, treated_converted bigint, control bigint, control_converted bigint,
    confidence double precision DEFAULT 0.95
) RETURNS lifecycle.conversion_comparison
    AS 'MODULE_PATHNAME', 'compare_conversions_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.compare_conversions(bigint, bigint, bigint, bigint, double precision) IS
    'compares the conversions of two groups: difference (Newcombe 1998, method 10), lift (Katz 1978), sample size for a power of 80 %, and the '
    'p-value of the pooled z-test. Where an expected count is below 10 it is Fisher''s exact mid-P';

CREATE FUNCTION lifecycle.compare_means(
    treated bigint, treated_mean double precision, treated_variance double precision,
    control bigint, control_mean double precision, control_variance double precision,
    confidence double precision DEFAULT 0.95
) RETURNS lifecycle.mean_comparison
    AS 'MODULE_PATHNAME', 'compare_means_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.compare_means(
    bigint, double precision, double precision, bigint, double precision, double precision, double precision
) IS
    'compares means of two groups, given as count(*), avg and var_samp: Welch''s t-test, Fieller''s interval of the lift, sample size for a '
    'power of 80 %. For spend use compare_spend: few large spenders make this test call wins that are none';

CREATE FUNCTION lifecycle.sample_ratio_p_value(treated bigint, control bigint, treated_share double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'sample_ratio_p_value_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.sample_ratio_p_value(bigint, bigint, double precision) IS
    'returns how likely the lot alone makes groups at least as far from treated_share, the share of customers it gives to the treated group, '
    'by the exact binomial test. Below 0.001, something moved customers after the lot';
