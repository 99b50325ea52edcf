-- what came of journeys

CREATE FUNCTION lifecycle.journey_report(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(), against text DEFAULT NULL,
    confidence float8 DEFAULT 0.95,
    OUT version integer, OUT step text, OUT arm text, OUT group_value text,
    OUT entered bigint, OUT control bigint, OUT decided bigint, OUT withheld bigint, OUT sent bigint, OUT delivered bigint,
    OUT opened bigint, OUT clicked bigint, OUT bounced bigint, OUT unsubscribed bigint, OUT dropped bigint, OUT goal_reached bigint,
    OUT orders bigint, OUT revenue numeric, OUT waiting bigint, OUT postponed bigint, OUT left_without_goal bigint,
    OUT compared_with text, OUT treated_customers bigint, OUT control_customers bigint, OUT open_customers bigint,
    OUT treated_conversion float8, OUT control_conversion float8, OUT conversion_difference float8,
    OUT conversion_difference_low float8, OUT conversion_difference_high float8, OUT conversion_lift float8,
    OUT conversion_lift_low float8, OUT conversion_lift_high float8, OUT conversion_p_value float8, OUT conversion_sample_size bigint,
    OUT treated_revenue float8, OUT control_revenue float8, OUT revenue_difference float8, OUT revenue_difference_low float8,
    OUT revenue_difference_high float8, OUT revenue_lift float8, OUT revenue_lift_low float8, OUT revenue_lift_high float8,
    OUT revenue_p_value float8, OUT revenue_sample_size bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_report_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 50;
COMMENT ON FUNCTION lifecycle.journey_report(text, text, text, timestamptz, text, float8) IS
    'what came of a journey up to as_of; the arms, groups and refunds are those known now. For each version that anybody has entered a row for the whole (step is NULL), with the comparison with the control '
    'group, and a row for each step where anybody has been; the same for each arm (arm; NULL is all arms) of a journey with splits, and with '
    'group_by, a column of the profile as it is now, for each of its values (group_value; NULL is all customers, (none) those without a value). '
    'Counts are of those who are treated, but for control and withheld. entered: entries that came to the step (NULL for a wait for a time, which '
    'leaves no trace of those who have passed it); control: the same of control groups; decided: actions; withheld: those that control groups '
    'did not get; sent, delivered, opened, clicked, bounced: what became of actions; unsubscribed: entries that answered by an unsubscription or a complaint; dropped: '
    'actions postponed for too long; goal_reached: entries that reached the goal, at a step: after its action; orders and revenue: what '
    'journey_credits credits to the actions, less refunds; waiting: entries under way, at a step: there, as far as they are there now; postponed: of these, those whose action '
    'is; left_without_goal: entries that ended otherwise. The comparison is of customers, by their first entry into the version: treated ones '
    'with those of the journey''s own control group, or of the store''s if it has none or against is store (compared_with), until they enter the next version. open_customers: those of both whose time for the goal was not over by then; conversion: share '
    'that has reached the goal within its time after the entry; revenue: what a customer has spent in that time on average, less refunds, credited or not. '
    'Differences, lifts (treated / control - 1), intervals of that confidence (0.95), p-values and the customers that each group would need '
    'to show such a difference four times in five are those of lifecycle.compare_conversions and lifecycle.compare_means; NULL where they '
    'cannot be said. Group by what the journey cannot change, such as a country: by stage or segment, which purchases move, the comparison is void. Arms can be compared with the control group where the split does not follow a reaction, for control groups do not react. For the owner of the store and whoever '
    'may SELECT from its view journeys; it runs as the owner. SQLSTATE 42704 if there is no such store or journey, 42703 if there is no such column, '
    '22023 if against is neither journey nor store, and unless 0 < confidence < 1, 22008 if as_of is infinite, 22004 for NULL (group_by and against excepted), 42501 for '
    'others, 55000 if the store''s schema is gone';

CREATE FUNCTION lifecycle.explain_journey(
    store text, journey text, customer text,
    OUT entry integer, OUT version integer, OUT at timestamptz, OUT step text, OUT what text, OUT why text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'explain_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20;
COMMENT ON FUNCTION lifecycle.explain_journey(text, text, text) IS
    'what happened to a customer in a journey, in order of time within each entry. what is entered (why: on what occasion, and of which control '
    'group), decided, or withheld from a control group (why: channel, template, what hinders it), sent, the kind of an event that came back, branched (why: to which step), '
    'split (why: to which arm), waited (why: event or timeout), called, postponed and dropped (why: quiet hours or the cap), passed over (why: unsubscribed), '
    'purchased (why: the amount, what was given back, the action it is credited to), goal reached, left (why: how it ended), and due: when the step goes on at which the customer is. '
    'step is NULL for what belongs to none. No rows for a customer who has never entered. For those who may call '
    'lifecycle.journey_report. SQLSTATE 42704 if there is no such store or journey, 22P02 for a customer that is no key, 22004 for NULL, 42501 for '
    'others, 55000 if the store''s schema is gone';
