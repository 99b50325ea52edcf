-- moves between stages or segments: how many customers move, how long they stay, how large each stage will be

CREATE TYPE @extschema@.stage_transition_count AS (
    from_stage text,
    to_stage text,
    customers bigint,
    share double precision
);
COMMENT ON TYPE @extschema@.stage_transition_count IS
    'how many customers went from one stage to another between two instants, or stayed in it';
COMMENT ON COLUMN @extschema@.stage_transition_count.from_stage IS
    'the stage of the customers at first; NULL for customers who were not in the base then';
COMMENT ON COLUMN @extschema@.stage_transition_count.to_stage IS
    'the stage of the customers afterwards; NULL for customers who were no longer in the base';
COMMENT ON COLUMN @extschema@.stage_transition_count.customers IS 'how many';
COMMENT ON COLUMN @extschema@.stage_transition_count.share IS
    'the share of all customers who were in from_stage; the shares of a from_stage add up to 1';

CREATE TYPE @extschema@.stage_forecast AS (
    stage text,
    customers_from bigint,
    customers_to bigint,
    stay_share double precision,
    expected_next double precision,
    dwell double precision
);
COMMENT ON TYPE @extschema@.stage_forecast IS
    'a stage at two instants, and one period later if the moves stay as they are; a period is the time between the two';
COMMENT ON COLUMN @extschema@.stage_forecast.stage IS
    'the stage; the row of NULL counts customers who came (customers_from), customers who went (customers_to), and '
    'customers expected to go next';
COMMENT ON COLUMN @extschema@.stage_forecast.customers_from IS 'customers in it at first';
COMMENT ON COLUMN @extschema@.stage_forecast.customers_to IS 'customers in it then';
COMMENT ON COLUMN @extschema@.stage_forecast.stay_share IS
    'p, the share of customers_from who were in the stage both times; NULL where no customer was in it at first';
COMMENT ON COLUMN @extschema@.stage_forecast.expected_next IS
    'customers in it a period later: the sum of customers_to(i) * share(i -> stage) over all stages i, and as many newcomers as '
    'this time. Customers of a stage that was empty at first are taken to stay';
COMMENT ON COLUMN @extschema@.stage_forecast.dwell IS
    'the mean number of periods that a customer stays in the stage, 1 / (1 - p); NULL where no customer left or was in it';

CREATE FUNCTION @extschema@.stage_transitions_accum(internal, text, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, text, text) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, anyenum, anyenum) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_enum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, anyenum, anyenum) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_history_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 60;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_history_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 80;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.stage_transitions_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'stage_transitions_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.stage_transitions_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.stage_transitions_final(internal) RETURNS @extschema@.stage_transition_count[]
    AS 'MODULE_PATHNAME', 'stage_transitions_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.stage_transitions_final(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.stage_forecast_final(internal) RETURNS @extschema@.stage_forecast[]
    AS 'MODULE_PATHNAME', 'stage_forecast_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.stage_forecast_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.stage_transitions(from_stage text, to_stage text) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(text, text) IS
    'the moves of customers between two stages or segments: an array with one element for each pair that occurs, to unnest for '
    'a chart of flows. NULL means that the customer was not there';
CREATE AGGREGATE @extschema@.stage_transitions(from_stage anyenum, to_stage anyenum) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(anyenum, anyenum) IS
    'the same of the labels of any enum, in the order of the enum';
CREATE AGGREGATE @extschema@.stage_transitions(h @extschema@.purchase_history, since timestamptz, until timestamptz) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'stage_transitions(lifecycle_stage(h, since), lifecycle_stage(h, until)), in the order of the stages. A NULL history is a '
    'prospect';
CREATE AGGREGATE @extschema@.stage_transitions(h @extschema@.purchase_history, since timestamptz, until timestamptz, rhythm @extschema@.purchase_rhythm) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(@extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'the same of lifecycle_stage(h, rhythm, since) and lifecycle_stage(h, rhythm, until); without a rhythm, or with one '
    'that could not be fitted, by the own mean gaps';

CREATE AGGREGATE @extschema@.stage_forecast(from_stage text, to_stage text) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(text, text) IS
    'the stages of customers at two instants, how long customers stay, and the size of each stage after another period of '
    'that length if the moves stay the same (a Markov chain). As many newcomers, whose first stage is NULL, are expected again';
CREATE AGGREGATE @extschema@.stage_forecast(from_stage anyenum, to_stage anyenum) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(anyenum, anyenum) IS
    'the same of the labels of any enum, in the order of the enum';
CREATE AGGREGATE @extschema@.stage_forecast(h @extschema@.purchase_history, since timestamptz, until timestamptz) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'stage_forecast(lifecycle_stage(h, since), lifecycle_stage(h, until)). Customers who have yet to buy are prospects, so '
    'there are no newcomers';
CREATE AGGREGATE @extschema@.stage_forecast(h @extschema@.purchase_history, since timestamptz, until timestamptz, rhythm @extschema@.purchase_rhythm) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(@extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'the same of lifecycle_stage(h, rhythm, since) and lifecycle_stage(h, rhythm, until)';
