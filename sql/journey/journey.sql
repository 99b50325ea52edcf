-- journeys: chains of messages that follow what customers do

CREATE FUNCTION lifecycle.create_journey(store text, name text, definition jsonb, start boolean DEFAULT false) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_journey(text, text, jsonb, boolean) IS
    'takes the definition of a journey, as docs/journey.schema.json says, checks all of it, and writes it into the rows of '
    'journey_version and journey_step of the store. A new journey is a draft until it is started, at once if start is true. '
    'What is said of a draft replaces it; what is said anew of a journey that was started makes a new version, which is in force '
    'at once, unless it says the same as the one in force: who is under way finishes on the own version. Returns the version '
    '(1, 2, ...). Only the store''s owner may. SQLSTATE 22023 for whatever is wrong with the definition: the message begins '
    'with the place, such as steps[2].branch[0].if; 54000 for more than 200 steps, 500 conditions, or 20 within each other; '
    '42602 for a name that cannot be one; 22004 if an argument is NULL; 42704 if there is no such store, 42501 unless the '
    'caller owns it, 55000 if the journey has ended';

CREATE FUNCTION lifecycle.draft_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'draft_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.draft_journey(text, text) IS
    'opens a version of a journey that can be edited in the rows of journey_version and journey_step: a copy of the newest one, '
    'or the draft that is open already. Steps are in the order of the column step, and have the names of the column name. '
    'Returns the version. Only the store''s owner may. SQLSTATE 42704 if there is no such store or journey, 55000 if the journey '
    'has ended, 22004 for NULL, 42501 unless the caller owns the store';

CREATE FUNCTION lifecycle.start_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text) IS
    'starts a journey: its draft, if there is one, is checked as by lifecycle.create_journey, and becomes the version in force, '
    'whose rows cannot be changed any more; without a draft, one that was paused goes on. What happened before the first start '
    'brings nobody in. Returns the version in force. Only the store''s owner may. SQLSTATE 22023 and 54000 as '
    'lifecycle.create_journey, 42704 if there is no such store or journey, 55000 if it has ended, 22004 for NULL, 42501 unless '
    'the caller owns the store';

CREATE FUNCTION lifecycle.pause_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'pause_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.pause_journey(text, text) IS
    'pauses a journey: nobody enters, nobody goes on, and its actions are not handed out, until lifecycle.start_journey (then all that wait can be claimed at once). Only '
    'the store''s owner may. SQLSTATE 42704 if there is no such store or journey, 55000 if it was not started or has ended, '
    '22004 for NULL, 42501 unless the caller owns the store';

CREATE FUNCTION lifecycle.end_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'end_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.end_journey(text, text) IS
    'ends a journey for good: whoever is under way leaves it with the outcome ended, and actions that nobody has claimed are '
    'cancelled. Its rows and results stay. Only the store''s owner may. SQLSTATE 42704 if there is no such store or journey, '
    '22004 for NULL, 42501 unless the caller owns the store';

CREATE FUNCTION lifecycle.journey_definition(store text, name text, version integer DEFAULT NULL) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_definition_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_definition(text, text, integer) IS
    'the definition of a version of a journey as its rows say, as lifecycle.create_journey takes it; by default (NULL) of the '
    'version in force, or of the draft of a journey that was never started. Only the store''s owner may ask. SQLSTATE 42704 if '
    'there is no such store, journey or version, 22004 if store or name is NULL, 42501 unless the caller owns the store';

CREATE FUNCTION lifecycle.set_journey_policy(store text, policy jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'set_journey_policy_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.set_journey_policy(text, jsonb) IS
    'says what holds for all journeys of a store, as docs/journey_policy.schema.json says: caps (at most so many actions per '
    'time), quiet_hours and weekdays in the customer''s time_zone (a column of the profile; without one, that of the store), '
    'deadline (how long an action may be postponed: 3 days), control (the share of customers who get nothing from any journey: '
    '0) and attribution (which action an order is credited to: the last one sent in the 7 days before it). It replaces what was '
    'said before; what it leaves out is as by default. Only the store''s owner may. SQLSTATE 22023 for whatever is wrong with it, '
    'the place being named, 54000 for more than 20 caps, 22004 for NULL, 42704 if there is no such store, 42501 unless the '
    'caller owns it';

CREATE FUNCTION lifecycle.journey_policy(store text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_policy_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_policy(text) IS
    'what lifecycle.set_journey_policy was told; an empty object if nothing was. Only the store''s owner may ask. SQLSTATE 42704 '
    'if there is no such store, 22004 for NULL, 42501 unless the caller owns the store';

CREATE FUNCTION lifecycle.ready_made_journey(name text, settings jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'ready_made_journey_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lifecycle.ready_made_journey(text, jsonb) IS
    'the definition of a journey that is ready made: welcome, post_purchase, replenishment, at_risk, win_back, vip or referral. '
    'Settings of all: channel (email), prefix (of the templates'' names; the name and _), control (0), priority (0), goal_within. '
    'welcome: opening (3 days), thinking (4 days). post_purchase: review (14 days), cross_sell (16 days). replenishment: before '
    '(3 days), again (7 days), reentry (14 days). at_risk: offer (7 days), answer (14 days), reentry (60 days). win_back: after '
    '(12 months), answer (10 days), offer (14 days), existing (false; whether those come too who have been away for so long at the '
    'start), suppress (the channel by which the sender is told to write no more: suppress), conversion (a journey for those who '
    'answer; an offer without one). vip: early_access (14 days), answer (30 days), existing. referral: engaged (60 days), answer '
    '(30 days), existing. SQLSTATE 42704 if there is no such journey, 22023 for a setting that does not exist or serve, 22004 '
    'for NULL';

CREATE FUNCTION lifecycle.create_ready_made(
    store text, name text, settings jsonb DEFAULT '{}', journey text DEFAULT NULL, start boolean DEFAULT false
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_ready_made_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_ready_made(text, text, jsonb, text, boolean) IS
    'lifecycle.create_journey with the definition of lifecycle.ready_made_journey, as a journey of that name, or of the name '
    'journey. Returns the version. SQLSTATE as these two';

CREATE FUNCTION lifecycle.guard_journey() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_journey_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_journey() IS
    'implementation of the triggers of journey_version and journey_step in a store: rows of a version that was started cannot be '
    'changed (SQLSTATE 55000). For AFTER triggers FOR EACH ROW, and BEFORE TRUNCATE; 22023 for any other';
