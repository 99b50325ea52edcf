-- the customer journey: how people move from one touch to the next

CREATE TYPE @extschema@.touch_path AS (
    step integer,
    from_kind text,
    from_channel text,
    to_kind text,
    to_channel text,
    moves bigint,
    customers bigint,
    median_time interval,
    purchase_share double precision,
    source text,
    target text
);
COMMENT ON TYPE @extschema@.touch_path IS 'all moves of a base from one touch to another: a link of a Sankey chart';
COMMENT ON COLUMN @extschema@.touch_path.step IS
    'how many touches of the path came before the move; NULL unless max_steps is given';
COMMENT ON COLUMN @extschema@.touch_path.from_kind IS 'an event''s kind, purchase, or start: before the first touch of a path';
COMMENT ON COLUMN @extschema@.touch_path.from_channel IS 'the event''s channel; NULL without one';
COMMENT ON COLUMN @extschema@.touch_path.to_kind IS
    'an event''s kind, purchase, or what comes after a path: end if it holds a purchase, drop_off if not, ongoing while it may '
    'still go on, more where it goes on beyond max_steps';
COMMENT ON COLUMN @extschema@.touch_path.to_channel IS 'the event''s channel; NULL without one';
COMMENT ON COLUMN @extschema@.touch_path.moves IS 'how often';
COMMENT ON COLUMN @extschema@.touch_path.customers IS 'by how many customers';
COMMENT ON COLUMN @extschema@.touch_path.median_time IS
    'median of the time between the two touches (percentile_cont), in days of 24 hours and the rest; NULL where one of them is no '
    'touch';
COMMENT ON COLUMN @extschema@.touch_path.purchase_share IS
    'share of the moves, 0 to 1, that lead to a purchase or are followed by one on the same path';
COMMENT ON COLUMN @extschema@.touch_path.source IS
    'from_kind and from_channel as the source of a link in a Sankey chart, such as from open email; with max_steps, the place comes '
    'first, such as 1 open email';
COMMENT ON COLUMN @extschema@.touch_path.target IS
    'to_kind and to_channel as the target of a link, such as to purchase, with max_steps 2 purchase: no links go in a circle';

CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.touch_paths_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'touch_paths_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.touch_paths_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.touch_paths_final(internal) RETURNS @extschema@.touch_path[]
    AS 'MODULE_PATHNAME', 'touch_paths_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.touch_paths_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history) IS
    'touch_paths(h, e, now())';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz) IS
    'touch_paths(h, e, as_of, NULL)';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz, max_gap interval) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval) IS
    'the moves of a base from touch to touch at or before as_of, an array to unnest for a chart of flows: touches are events and '
    'purchases, and a path ends when the next touch comes later than max_gap. With max_gap NULL a customer has one path';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz, max_gap interval, max_steps integer) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer) IS
    'touch_paths(h, e, as_of, max_gap) with the moves counted by their place in the path, up to max_steps touches (1 to 100), '
    'so that a chart has no circles';
