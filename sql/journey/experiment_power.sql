-- how large the experiment of a journey must be, by simulating it

CREATE FUNCTION lifecycle.experiment_power(
    store text, definition jsonb, lift float8, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
    control_shares float8[] DEFAULT '{0.05,0.1,0.2,0.3,0.5}', durations interval[] DEFAULT '{30 days,60 days,90 days,180 days}',
    confidence float8 DEFAULT 0.95, every interval DEFAULT '1 day',
    OUT control_share float8, OUT duration interval, OUT customers bigint, OUT buyers_in_control bigint,
    OUT power float8, OUT power_adjusted float8, OUT smallest_lift float8, OUT smallest_lift_adjusted float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'experiment_power_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
CREATE FUNCTION lifecycle.experiment_power(
    store text, journey text, lift float8, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
    control_shares float8[] DEFAULT '{0.05,0.1,0.2,0.3,0.5}', durations interval[] DEFAULT '{30 days,60 days,90 days,180 days}',
    confidence float8 DEFAULT 0.95, every interval DEFAULT '1 day',
    OUT control_share float8, OUT duration interval, OUT customers bigint, OUT buyers_in_control bigint,
    OUT power float8, OUT power_adjusted float8, OUT smallest_lift float8, OUT smallest_lift_adjusted float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'experiment_power_named_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
COMMENT ON FUNCTION lifecycle.experiment_power(
    text, jsonb, float8, timestamptz, timestamptz, float8[], interval[], float8, interval
) IS
    'computes how often a journey of this definition would find a lift of spend, for each control share and duration, from what customers '
    'have spent who would have entered between since and until. It simulates the journey and writes nothing';
COMMENT ON FUNCTION lifecycle.experiment_power(
    text, text, float8, timestamptz, timestamptz, float8[], interval[], float8, interval
) IS
    'does the same for a journey of the store by its name, in its version in force, or else the newest. Text that begins with { is '
    'taken as a definition';
