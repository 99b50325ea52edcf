-- how senders get the actions of journeys, and tell what became of them

CREATE FUNCTION lifecycle.claim_actions(
    channel text, n integer DEFAULT 100, lease interval DEFAULT '5 minutes', store text DEFAULT NULL,
    stores text[] DEFAULT NULL, budget interval DEFAULT '5 seconds',
    OUT store text, OUT action bigint, OUT idempotency_key text, OUT customer text, OUT channel text, OUT template text,
    OUT payload jsonb, OUT journey text, OUT version integer, OUT step text, OUT decided_at timestamptz, OUT attempt integer,
    OUT lease_until timestamptz
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'claim_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION lifecycle.claim_actions(text, integer, interval, text, text[], interval) IS
    'hands over at most n actions (1 to 10000) of a channel that are to be sent or done now, those of higher priority first, and the earlier '
    'ones first among them; each is the caller''s until lease_until, once the transaction is committed. Then, if it was '
    'neither completed nor failed, it can be claimed again, with the same idempotency_key (the store, a slash and the action): what '
    'has been sent under a key must not be sent again. attempt counts how often it was claimed. Any number of sessions may '
    'claim at once: none waits, and none gets what another has. The actions of journeys that are paused or have ended are not handed over. Quiet hours hold for the decision: what a sender takes late is handed over late. Actions come '
    'from the stores that are named, by store, by stores or by both, in any order: the caller must be the owner of each, a member of the owner, or a role that '
    'may UPDATE the table action of its schema (42501 for others). Where none is named (both NULL; an empty array names no store, and nothing is handed over) they come from the '
    'stores whose schema the current role owns itself: neither membership, nor a grant, nor being a superuser counts, for a sender '
    'has not agreed to send for those. The statements run as the store''s owner, each store by itself: one that fails, or takes longer than budget '
    '(positive, an hour at most), costs a WARNING with its name, the SQLSTATE and the message, and hands nothing over; the others do. A cancel, a '
    'statement_timeout or a shutdown ends the whole call. lease must be positive, and a day at most. SQLSTATE 22023 outside these ranges, 22004 for NULL '
    '(also among the stores), 42704 if there is no such store, 42501 in the code of an owner that another call runs, 55000 '
    'if its schema is gone';

CREATE FUNCTION lifecycle.complete_action(store text, action bigint, message_id text DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'complete_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_action(text, bigint, text) IS
    'tells that an action was done, under the provider''s message_id if there is one; true the first time, and false if it was '
    'told before, which changes nothing. Also of an action that is dead, was cancelled in the meantime, or whose lease has ended: what was delivered was delivered. Called by those who may claim (42501 for others). '
    'SQLSTATE 42704 for an action or store that does not exist, 55000 for an action that is withheld (control group), 22004 for NULL';

CREATE FUNCTION lifecycle.complete_actions(store text, actions bigint[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'complete_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_actions(text, bigint[]) IS
    'the same of many actions of a store at once; returns how many were not completed before. All or, if one of them does not exist '
    '(42704) or is withheld (55000), none. SQLSTATE 22004 for NULL, also among the actions';

CREATE FUNCTION lifecycle.fail_action(store text, action bigint, error text, permanent boolean DEFAULT false) RETURNS text
    AS 'MODULE_PATHNAME', 'fail_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.fail_action(text, bigint, text, boolean) IS
    'tells that an action has failed, and returns its status: pending, if it can be claimed again, 1 minute after the first attempt and '
    'twice as long after each, 6 hours at most; dead after the 8th attempt, and at once if permanent (lifecycle.retry_action puts it back); cancelled, if its journey has '
    'ended or its customer has unsubscribed. An action that is done, dead, cancelled or withheld stays what it is. The error is kept. Called by those who '
    'may claim (42501 for others). SQLSTATE 42704 for an action or store that does not exist, 22004 for NULL';

CREATE FUNCTION lifecycle.retry_action(store text, action bigint) RETURNS boolean
    AS 'MODULE_PATHNAME', 'retry_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.retry_action(text, bigint) IS
    'puts a dead action back, to be claimed at once, and tells those who listen; it dies again after the next attempt whose number is a multiple of 8, or by a permanent error. '
    'It is cancelled if its journey has ended or its customer has unsubscribed since. Returns whether it was put back; any other is left alone. Called by those who may claim (42501 for others). SQLSTATE 42704 for an '
    'action or store that does not exist, 22004 for NULL';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb) IS
    'records what came back, or whatever else journeys are to know of: an event of a kind (delivered, open, click, bounce, '
    'unsubscribe and the like, also opened, clicked, ...; registered; or any other word of letters, digits and underscores), of an action, which says who the customer is and on '
    'which channel, or else of a customer, whose key is given as text. True if it is new, false if the store has an event with this provider_id '
    '(the id of the event, not of the message; NULL: always new): telling it twice does no harm. unsubscribe and complaint cancel what the customer was still to '
    'get on the channel (NULL: on all), unless a later subscribe is known; delivered, open, click, reply, bounce, unsubscribe and complaint of an action that was '
    'handed over complete it. An unsubscription waits for whoever decides about the customer: record each in a transaction of its own, or two that record several may deadlock (40P01). Called by those who may claim (42501 for others). SQLSTATE 22023 for the kind ordered, which '
    'comes from the store''s orders, for what is no kind, for neither or both of action and customer, another channel than the action''s, and an instant '
    'more than a day ahead; 55000 for an action that is withheld (control group); 22P02 for what is no key; 22008 for an infinite instant; 42704 for an action or store that does not exist; 22004 for NULL in '
    'store, kind or at';
