-- simulating a journey over past data

CREATE FUNCTION lifecycle.simulate_journey(
    store text, definition jsonb, since timestamptz, until timestamptz, every interval DEFAULT '1 day', assume jsonb DEFAULT '{}',
    OUT day date, OUT kind text, OUT step text, OUT channel text, OUT segment text, OUT customers bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'simulate_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
CREATE FUNCTION lifecycle.simulate_journey(
    store text, journey text, since timestamptz, until timestamptz, every interval DEFAULT '1 day', assume jsonb DEFAULT '{}',
    OUT day date, OUT kind text, OUT step text, OUT channel text, OUT segment text, OUT customers bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'simulate_journey_named_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.simulate_journey(text, text, timestamptz, timestamptz, interval, jsonb) IS
    'simulates a journey of the store by its name, in its version in force, or else the newest. Text that begins with { is '
    'taken as a definition';
COMMENT ON FUNCTION lifecycle.simulate_journey(text, jsonb, timestamptz, timestamptz, interval, jsonb) IS
    'computes what a journey of this definition would have decided between since and until, at steps of every: customers by day, '
    'decision, step, channel and segment. It writes nothing; assume gives shares of answered actions, such as {"open": 0.3}';
