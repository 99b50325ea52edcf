-- a journey over the past, before anybody gets anything

CREATE FUNCTION lifecycle.simulate_journey(
    store text, definition jsonb, since timestamptz, until timestamptz, every interval DEFAULT '1 day', assume jsonb DEFAULT '{}',
    OUT day date, OUT what text, OUT step text, OUT channel text, OUT segment text, OUT customers bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'simulate_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.simulate_journey(text, jsonb, timestamptz, timestamptz, interval, jsonb) IS
    'what a journey of this definition would have decided between two instants, at every so long (1 day), had it been started then: '
    'a row for each day (of the store''s time zone), step, channel and segment that the customers were in, with the number of '
    'customers. what is entered, act (what would have been sent), withheld (from the control groups), postponed: and why (caps, quiet hours), '
    'dropped, passed over (unsubscribed), left: and why. Nothing is written but temporary tables, which are dropped; other '
    'journeys are not looked at. Purchases, stages and segments are those of the past, by the breaks and models that are fitted now; '
    'attributes of the customers are those of now; who came to the store, and recorded events that belong to no action, as they '
    'were logged. assume says how often an action is answered: an object of kinds of events and shares from 0 to 1, such as '
    '{"open": 0.3}; such an event follows an hour later. Without it nobody answers. Only the owner of the store may. SQLSTATE 42704 if there '
    'is no such store, 22004 for NULL, 22023 for a definition that is none, with its place, if from is after to, if every is not '
    'positive and for more than 10000 instants; 22008 if an instant is infinite, 42501 for others, 55000 if the store was never refreshed';
