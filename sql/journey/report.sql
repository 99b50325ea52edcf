-- what came of journeys

CREATE FUNCTION lifecycle.journey_report(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(),
    OUT version integer, OUT step text, OUT arm text, OUT group_value text,
    OUT entered bigint, OUT control bigint, OUT decided bigint, OUT withheld bigint, OUT sent bigint, OUT delivered bigint,
    OUT opened bigint, OUT clicked bigint, OUT bounced bigint, OUT unsubscribed bigint, OUT dropped bigint, OUT goal_reached bigint,
    OUT orders bigint, OUT revenue numeric, OUT waiting bigint, OUT postponed bigint, OUT left_without_goal bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_report_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 50;
COMMENT ON FUNCTION lifecycle.journey_report(text, text, text, timestamptz) IS
    'counts what came of a journey up to as_of: one row for each version and each of its steps, for each arm of a split and '
    'each value of the profile''s column group_by. The row of a whole version has no step';

CREATE FUNCTION lifecycle.journey_lift(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(), against text DEFAULT NULL,
    confidence float8 DEFAULT 0.95,
    OUT version integer, OUT arm text, OUT group_value text, OUT compared_with text,
    OUT treated_customers bigint, OUT control_customers bigint, OUT open_customers bigint,
    OUT treated_conversion float8, OUT control_conversion float8, OUT conversion_difference float8,
    OUT conversion_difference_low float8, OUT conversion_difference_high float8, OUT conversion_lift float8,
    OUT conversion_lift_low float8, OUT conversion_lift_high float8, OUT conversion_p_value float8, OUT conversion_q_value float8,
    OUT conversion_sample_size bigint,
    OUT treated_spend float8, OUT control_spend float8, OUT spend_difference float8, OUT spend_difference_low float8,
    OUT spend_difference_high float8, OUT spend_lift float8, OUT spend_lift_low float8, OUT spend_lift_high float8,
    OUT spend_p_value float8, OUT spend_q_value float8, OUT spend_sample_size bigint,
    OUT adjusted_spend_difference float8, OUT adjusted_spend_difference_low float8, OUT adjusted_spend_difference_high float8,
    OUT adjusted_spend_lift float8, OUT adjusted_spend_lift_low float8, OUT adjusted_spend_lift_high float8,
    OUT adjusted_spend_p_value float8, OUT adjusted_spend_q_value float8,
    OUT p_value_anytime float8, OUT lift_low_anytime float8, OUT lift_high_anytime float8,
    OUT sample_ratio_p_value float8, OUT control_customers_reached bigint, OUT treated_customers_missed bigint,
    OUT may_be_best boolean, OUT status text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_lift_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION lifecycle.journey_lift(text, text, text, timestamptz, text, float8) IS
    'compares treated customers of a journey with its control group, by first entries whose goal time is over: a row for each version, arm '
    'drawn at the entry, pair of arms, and value of group_by at the entry (of an attribute: now)';

CREATE FUNCTION lifecycle.explain_journey(
    store text, journey text, customer text,
    OUT entry integer, OUT version integer, OUT at timestamptz, OUT step text, OUT kind text, OUT reason text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'explain_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20;
COMMENT ON FUNCTION lifecycle.explain_journey(text, text, text) IS
    'returns the history of a customer in a journey in order of time, one row for each entry, decision, event, purchase and '
    'exit, each with its reason';

CREATE FUNCTION lifecycle.goal_reached_at(
    h @extschema@.purchase_history, after timestamptz, until timestamptz, at_least bigint, spend_at_least numeric
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'goal_reached_at_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.goal_reached_at(@extschema@.purchase_history, timestamptz, timestamptz, bigint, numeric) IS
    'returns the first instant after one instant, up to another, by which a customer has made so many purchases and, unless it is '
    'NULL, spent so much since; NULL if there is none';
