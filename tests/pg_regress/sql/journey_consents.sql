-- Consents in a table of the shop: no customer without one gets a letter, and the table counts as it is at the hand-over.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE asked_sales (member integer, sold_at timestamptz, amount numeric);
CREATE TABLE asked_consents (member text, way text, agreed_at timestamp, revoked_at timestamp);
INSERT INTO asked_sales SELECT i, timestamptz '2024-01-01Z' + i * interval '1 day', 20 FROM generate_series(1, 100) AS i;

-- a relation without the column that says when, a column that does not exist, a key of another type, columns without the relation
\set VERBOSITY verbose
\set SHOW_CONTEXT never
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', consents => 'asked_consents');
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', consents => 'asked_consents',
    consent_given_at => 'agreed');
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', consents => 'asked_consents',
    consent_given_at => 'agreed_at');
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', consent_channel => 'way');
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', consents => 'no_such_table',
    consent_given_at => 'agreed_at');
\set VERBOSITY default

-- an expression makes the key fit
SELECT lifecycle.attach('asked', orders => 'asked_sales', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
    consents => 'asked_consents', consent_customer => 'member::integer', consent_channel => 'way', consent_given_at => 'agreed_at',
    consent_withdrawn_at => 'revoked_at', settings => '{"reader": "", "ordered_at_zone": "UTC"}') \g /dev/null
CALL lifecycle.refresh('asked', '2024-05-01Z');
SELECT lifecycle.create_journey('asked', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "welcome"}}, {"name": "end", "exit": "end"}]}') \g /dev/null
SELECT lifecycle.start_journey('asked', 'welcome', started_at => '2024-05-01Z') \g /dev/null

INSERT INTO asked_sales SELECT i, timestamptz '2024-05-02 09:00Z', 20 FROM generate_series(201, 210) AS i;
INSERT INTO asked_consents VALUES
    ('201', 'email', '2024-05-02 09:00', NULL), ('202', ' E-Mail', '2024-05-02 09:00', NULL), ('203', NULL, '2024-05-02 09:00', NULL),
    -- for another channel; revoked before; agreed again; revoked after; in the future; no date
    ('204', 'sms', '2024-05-02 09:00', NULL), ('205', 'email', '2024-04-01', '2024-05-01'),
    ('206', 'email', '2024-03-01', '2024-04-01'), ('206', 'email', '2024-05-01', NULL), ('207', 'email', '2024-05-02 09:00', NULL),
    ('208', 'email', '2024-06-01', NULL), ('209', 'email', NULL, NULL);
CALL lifecycle.refresh('asked', '2024-05-02 10:00Z');
CALL lifecycle.run_journeys('asked', '2024-05-02 10:00Z');
SELECT customer, reason FROM asked_data.decision WHERE kind = 'passed over' ORDER BY 1;
-- one revokes between the decision and the hand-over, one is recorded as withdrawn
UPDATE asked_consents SET revoked_at = '2024-05-02 10:00' WHERE member = '207';
SELECT lifecycle.withdraw_consent('asked', '203', at => '2024-05-02 10:00Z') \g /dev/null
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'asked') ORDER BY 1;
SELECT customer, status, reason FROM asked.journey_actions ORDER BY customer;

-- Another table takes its place, in which one has taken back the consent: the next refresh reads it.
SELECT lifecycle.record_event('asked', 'registered', 'again', customer => '206', at => '2024-05-02 10:30Z') \g /dev/null
BEGIN;
CREATE TABLE asked_new AS SELECT member, way, agreed_at, CASE WHEN member IN ('206', '207') THEN agreed_at + interval '1 hour' ELSE revoked_at END AS revoked_at FROM asked_consents;
ALTER TABLE asked_consents RENAME TO asked_old;
ALTER TABLE asked_new RENAME TO asked_consents;
COMMIT;
CALL lifecycle.refresh('asked', '2024-05-02 11:00Z');
SELECT count(*) AS revoked FROM asked_data.source_consents WHERE customer = 206 AND withdrawn_at IS NOT NULL;
DROP TABLE asked_old;

-- The table is gone: nothing is decided and nothing handed over until the settings say otherwise.
SELECT lifecycle.record_event('asked', 'registered', 'late', customer => '201', at => '2024-05-02 11:00Z') \g /dev/null
DROP TABLE asked_consents CASCADE;
CALL lifecycle.run_journeys('asked', '2024-05-02 12:00Z');
SELECT lifecycle.configure('asked', '{"consents": null}');
SELECT lifecycle.set_journey_policy('asked', '{"consent": "required"}') \g /dev/null
SELECT lifecycle.configure('asked', '{"consents": null}') \g /dev/null
CALL lifecycle.run_journeys('asked', '2024-05-02 12:00Z');
SELECT settings ? 'consent_channel' AS still_there FROM lifecycle.store WHERE store = 'asked';

SELECT lifecycle.detach('asked', discard => true) \g /dev/null
DROP TABLE asked_sales;
