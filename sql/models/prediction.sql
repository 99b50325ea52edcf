-- what a purchase model says of a customer

-- of a history: horizons are intervals, by the calendar of the session's TimeZone

CREATE FUNCTION @extschema@.p_alive(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'p_alive_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.p_alive(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'the probability, from 0 to 1, that the customer has not left for good by as_of. Under bg/nbd and bg/cnbd-k it is 1 for '
    'all customers with one purchase, so rank by expected_purchases';

CREATE FUNCTION @extschema@.expected_purchases(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the expected number of purchase days in the horizon after as_of, for bg/bb of periods with a purchase; the best ranking '
    'of customers (bg/nbd: Fader, Hardie, Lee 2005, eq. 10; pareto/nbd: Schmittlein et al. 1987; bg/bb: Fader, Hardie, Shang '
    '2010)';

CREATE FUNCTION @extschema@.purchase_probability(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_probability(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the probability of at least one purchase in the horizon after as_of: for bg/nbd and mbg/nbd p_alive x (1 - ((alpha + T) / '
    '(alpha + T + horizon))^(r + x)). As the horizon grows it approaches p_alive; under pareto/nbd and bg/bb it stays below';

CREATE FUNCTION @extschema@.expected_next_purchase(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now())
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_next_purchase(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'the instant after as_of by which a customer who buys again will have bought with probability one half. It says when, and '
    'p_alive whether';

CREATE FUNCTION @extschema@.expected_next_purchase_within(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_within_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_next_purchase_within(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the instant by which a customer who buys within the horizon will have bought with probability one half. Errors as '
    'expected_purchases';

CREATE FUNCTION @extschema@.expected_next_purchase_range(
    h @extschema@.purchase_history, m @extschema@.purchase_model, level double precision DEFAULT 0.8, as_of timestamptz DEFAULT now()
) RETURNS tstzrange
    AS 'MODULE_PATHNAME', 'expected_next_purchase_range_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.expected_next_purchase_range(@extschema@.purchase_history, @extschema@.purchase_model, double precision, timestamptz) IS
    'the range in which the next purchase of a customer who buys again comes with probability level, as likely before it as '
    'after it. Unbounded above beyond the year 9999';

CREATE FUNCTION @extschema@.residual_value(
    h @extschema@.purchase_history, m @extschema@.purchase_model, annual_discount_rate double precision DEFAULT 0.1,
    horizon interval DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_value_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 400;
COMMENT ON FUNCTION @extschema@.residual_value(@extschema@.purchase_history, @extschema@.purchase_model, double precision, interval, timestamptz) IS
    'discounted expected residual transactions (DERT): the expected purchases after as_of, each counted as e^(-d t) at the '
    'time t when it comes, with d = ln(1 + annual_discount_rate) a year. Without a horizon over all time';

-- of a new customer

CREATE FUNCTION @extschema@.expected_purchases_new(m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_new_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases_new(@extschema@.purchase_model, interval, timestamptz) IS
    'the expected number of repeat purchases in the horizon after a first purchase at as_of';

CREATE FUNCTION @extschema@.purchase_count_probability(
    m @extschema@.purchase_model, n integer, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_count_probability_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_count_probability(@extschema@.purchase_model, integer, interval, timestamptz) IS
    'the probability, from 0 to 1, that a customer makes exactly n repeat purchases in the horizon after a first purchase at '
    'as_of';

-- of a bare summary: every time in the unit of the model

CREATE FUNCTION @extschema@.p_alive(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'p_alive_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.p_alive(@extschema@.purchase_model, double precision, double precision, double precision) IS
    'p_alive of a customer with frequency repeat purchases, the last of them recency after the first purchase, in a time t '
    'since it, in units of the model''s time';

CREATE FUNCTION @extschema@.expected_purchases(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the expected purchases of such a customer within horizon units of the model''s time. A new customer is 0, 0, 0';

CREATE FUNCTION @extschema@.purchase_probability(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_probability(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the probability that such a customer buys at least once within horizon units of the model''s time; infinity is allowed';

CREATE FUNCTION @extschema@.expected_wait(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    p double precision DEFAULT 0.5
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_wait_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_wait(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the time, in units of the model, by which such a customer, if ever buying again, has bought with probability p: with p = '
    '0.5, the median, what expected_next_purchase adds to as_of';

CREATE FUNCTION @extschema@.expected_wait_within(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision,
    p double precision DEFAULT 0.5
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_wait_within_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_wait_within(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision
) IS
    'the time, in units of the model, by which such a customer, if buying within the horizon, has bought with probability p; '
    'at most the horizon';

CREATE FUNCTION @extschema@.residual_value(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    discount_rate double precision, horizon double precision DEFAULT NULL
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_value_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 400;
COMMENT ON FUNCTION @extschema@.residual_value(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision
) IS
    'discounted expected residual transactions of such a customer at a continuous discount_rate per unit of the model''s time '
    '(0.0027 a week is 15 % a year), over all time without a horizon';

CREATE FUNCTION @extschema@.log_likelihood(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    sum_log_gaps double precision DEFAULT NULL
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'log_likelihood_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.log_likelihood(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the log-likelihood of such a customer''s purchases under the model, times in its unit. The regular models (k > 1) need '
    'the sum of ln gap over the customer''s gaps too, in that unit, and are NULL without it; the others do not look at it';
