-- judging a model of purchases by what customers did after it was fitted

CREATE TYPE @extschema@.backtest_accuracy AS (
    forecast_purchases double precision,
    total_ratio double precision,
    mae double precision,
    rmse double precision,
    bias double precision,
    rank_correlation double precision,
    auc double precision,
    auc_by_forecast double precision,
    brier double precision,
    log_loss double precision,
    top_decile_capture double precision
);
COMMENT ON TYPE @extschema@.backtest_accuracy IS
    'measures of a forecast of purchases in a holdout: totals, errors per customer, ranking, and the quality of the '
    'probability of a purchase';
COMMENT ON COLUMN @extschema@.backtest_accuracy.forecast_purchases IS 'expected purchases in the holdout, of all customers';
COMMENT ON COLUMN @extschema@.backtest_accuracy.total_ratio IS 'forecast_purchases / actual purchases; NULL where there were none';
COMMENT ON COLUMN @extschema@.backtest_accuracy.mae IS 'mean absolute error a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.rmse IS 'root mean squared error a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.bias IS 'mean of forecast - actual a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.rank_correlation IS
    'Spearman''s rank correlation of forecast and actual purchases; NULL where either is the same for all';
COMMENT ON COLUMN @extschema@.backtest_accuracy.auc IS
    'the probability that of a buyer and a non-buyer the buyer had the higher probability; 0.5 is a coin; NULL without both';
COMMENT ON COLUMN @extschema@.backtest_accuracy.auc_by_forecast IS 'the same by the expected purchases';
COMMENT ON COLUMN @extschema@.backtest_accuracy.brier IS 'mean squared error of the probability to buy at all';
COMMENT ON COLUMN @extschema@.backtest_accuracy.log_loss IS 'mean of -ln of the probability that was given to what happened';
COMMENT ON COLUMN @extschema@.backtest_accuracy.top_decile_capture IS
    'the share of all purchases that the tenth of customers with the highest forecast made';
CREATE TYPE @extschema@.backtest_calibration AS (
    past_purchases text,
    customers bigint,
    actual_purchases bigint,
    forecast_purchases double precision
);
COMMENT ON TYPE @extschema@.backtest_calibration IS
    'actual and forecast purchases of the customers with so many repeat purchases before the split: 0, 1, 2, 3-5, 6+';
COMMENT ON COLUMN @extschema@.backtest_calibration.past_purchases IS 'repeat purchases before the split: 0, 1, 2, 3-5 or 6+';
COMMENT ON COLUMN @extschema@.backtest_calibration.customers IS 'customers with so many';
COMMENT ON COLUMN @extschema@.backtest_calibration.actual_purchases IS 'their purchase days in the holdout';
COMMENT ON COLUMN @extschema@.backtest_calibration.forecast_purchases IS 'those that were expected';
CREATE TYPE @extschema@.backtest_result AS (
    model text,
    customers bigint,
    buyers bigint,
    actual_purchases bigint,
    forecast_purchases double precision,
    total_ratio double precision,
    mae double precision,
    rmse double precision,
    bias double precision,
    rank_correlation double precision,
    auc double precision,
    auc_by_forecast double precision,
    brier double precision,
    log_loss double precision,
    top_decile_capture double precision,
    own_rate @extschema@.backtest_accuracy,
    last_window @extschema@.backtest_accuracy,
    calibration @extschema@.backtest_calibration[],
    aic double precision,
    bic double precision,
    fit @extschema@.purchase_model
);
COMMENT ON TYPE @extschema@.backtest_result IS
    'a model against a holdout: its accuracy, that of two forecasts without a model, the calibration by past purchases, and '
    'the model as it was fitted at the split';
COMMENT ON COLUMN @extschema@.backtest_result.model IS 'its name';
COMMENT ON COLUMN @extschema@.backtest_result.customers IS 'customers who first bought at or before the split';
COMMENT ON COLUMN @extschema@.backtest_result.buyers IS 'calibration customers who bought in the holdout';
COMMENT ON COLUMN @extschema@.backtest_result.actual_purchases IS 'purchase days of these customers in the holdout';
COMMENT ON COLUMN @extschema@.backtest_result.forecast_purchases IS 'expected purchases in the holdout, of all customers, by the model';
COMMENT ON COLUMN @extschema@.backtest_result.total_ratio IS 'forecast_purchases / actual purchases; NULL where there were none';
COMMENT ON COLUMN @extschema@.backtest_result.mae IS 'mean absolute error a customer';
COMMENT ON COLUMN @extschema@.backtest_result.rmse IS 'root mean squared error a customer';
COMMENT ON COLUMN @extschema@.backtest_result.bias IS 'mean of forecast - actual a customer';
COMMENT ON COLUMN @extschema@.backtest_result.rank_correlation IS
    'Spearman''s rank correlation of forecast and actual purchases; NULL where either is the same for all';
COMMENT ON COLUMN @extschema@.backtest_result.auc IS
    'the probability that of a buyer and a non-buyer the buyer had the higher probability; 0.5 is a coin; NULL without both';
COMMENT ON COLUMN @extschema@.backtest_result.auc_by_forecast IS 'the same by the expected purchases';
COMMENT ON COLUMN @extschema@.backtest_result.brier IS 'mean squared error of the probability to buy at all';
COMMENT ON COLUMN @extschema@.backtest_result.log_loss IS 'mean of -ln of the probability that was given to what happened';
COMMENT ON COLUMN @extschema@.backtest_result.top_decile_capture IS
    'the share of all purchases that the tenth of customers with the highest forecast made';
COMMENT ON COLUMN @extschema@.backtest_result.own_rate IS 'the accuracy of the rule that each customer goes on at the own past rate';
COMMENT ON COLUMN @extschema@.backtest_result.last_window IS
    'the accuracy of the rule that each customer buys on as many days as in a window before the split as long as the '
    'holdout, first purchases included; its probability of a purchase is 1 - e^(-count)';
COMMENT ON COLUMN @extschema@.backtest_result.calibration IS 'actual and forecast purchases by past purchases';
COMMENT ON COLUMN @extschema@.backtest_result.aic IS 'aic(fit)';
COMMENT ON COLUMN @extschema@.backtest_result.bic IS 'bic(fit)';
COMMENT ON COLUMN @extschema@.backtest_result.fit IS 'the model as it was fitted at the split';

CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval, jsonb)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval, jsonb) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.backtest_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'backtest_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.backtest_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.backtest_final(internal) RETURNS @extschema@.backtest_result
    AS 'MODULE_PATHNAME', 'backtest_final_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.backtest_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval) IS
    'backtest(h, model, split_at, horizon, ''7 days'')';
CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval, unit interval) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval, interval) IS
    'backtest(h, model, split_at, horizon, unit, NULL)';
CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval, unit interval, options jsonb) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval, interval, jsonb) IS
    'fits a model to the purchase days at or before split_at and judges it by those in the horizon after it. GROUP BY model '
    'compares models, GROUP BY split_at rolls the origin; model, unit and options are those of purchase_model';
