-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION @extschema@.spend_between(h @extschema@.purchase_history, since timestamptz, until timestamptz DEFAULT now())
    RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 30
    BEGIN ATOMIC
        SELECT @extschema@.total_spend(h, until) - @extschema@.total_spend(h, since);
    END;
COMMENT ON FUNCTION @extschema@.spend_between(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'the amounts paid less refunds after since, up to and including until; 0 without a purchase';

-- A row of a store always says its layout.
ALTER TABLE lifecycle.store ALTER layout DROP DEFAULT;

-- The ends of a link by names that never form a circle.
ALTER TYPE @extschema@.touch_path ADD ATTRIBUTE source text, ADD ATTRIBUTE target text;
COMMENT ON COLUMN @extschema@.touch_path.source IS
    'from_kind and from_channel as the source of a link in a Sankey chart, such as from open email; with max_steps, the place comes '
    'first, such as 1 open email';
COMMENT ON COLUMN @extschema@.touch_path.target IS
    'to_kind and to_channel as the target of a link, such as to purchase, with max_steps 2 purchase: no links go in a circle';

-- Comments of one or two short sentences.
COMMENT ON AGGREGATE @extschema@.growth_accounting(@extschema@.purchase_history, interval, timestamptz) IS
    'new, retained, resurrected, churned and active customers of a base and their revenue by calendar periods, up to the period of '
    'as_of: an array to unnest. A customer is active in a period with at least one purchase in it';
COMMENT ON FUNCTION @extschema@.lifecycle_phase(
    @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, numeric, boolean, interval, interval, timestamptz, interval
) IS
    'the phase of a customer by purchases, reactions and consent: activation, conversion, growth, retention, reactivation or '
    'sunset; NULL without a purchase or event. docs/engagement.md has the rules; terms end by the calendar of the session';
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval) IS
    'the moves of a base from touch to touch at or before as_of, an array to unnest for a chart of flows: touches are events and '
    'purchases, and a path ends when the next touch comes later than max_gap. With max_gap NULL a customer has one path';
COMMENT ON FUNCTION lifecycle.compare_means(
    bigint, double precision, double precision, bigint, double precision, double precision, double precision
) IS
    'compares a mean over treated and control customers, given as count(*), avg and var_samp with 0 for customers who bought '
    'nothing: difference and p-value by Welch''s t-test, lift with Fieller''s interval, and the sample size for a power of 80 %';
COMMENT ON FUNCTION lifecycle.simulate_journey(text, jsonb, timestamptz, timestamptz, interval, jsonb) IS
    'computes what a journey of this definition would have decided between since and until, at steps of every: customers by day, '
    'decision, step, channel and segment. It writes nothing; assume gives shares of answered actions, such as {"open": 0.3}';
COMMENT ON FUNCTION @extschema@.ltv(
    @extschema@.purchase_model, @extschema@.spend_model, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision
) IS
    'the expected value within horizon units of the model''s time of a customer with frequency repeat purchases of mean spend '
    'monetary_value, the last of them recency after the first purchase, in a time t since it. discount_rate is continuous, per unit';
COMMENT ON FUNCTION @extschema@.purchase_probability(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the probability of at least one purchase in the horizon after as_of: for bg/nbd and mbg/nbd p_alive x (1 - ((alpha + T) / '
    '(alpha + T + horizon))^(r + x)). As the horizon grows it approaches p_alive; under pareto/nbd and bg/bb it stays below';
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history, text, timestamptz, interval, jsonb) IS
    'the model of a base, fitted by maximum likelihood to purchase days at or before as_of: bg/nbd, mbg/nbd (the default), '
    'bg/cnbd-k, mbg/cnbd-k, pareto/nbd, nbd or bg/bb, with parameters in unit (7 days by default). options are ridge, start and '
    'fixed';
COMMENT ON TYPE @extschema@.purchase_rhythm IS
    'how long gaps between purchase days are in a base, and how customers differ, as one line of JSON: gaps are Gamma(k, lambda), '
    'and lambda is Gamma(r, alpha), alpha in days. Written by hand it needs params: {"params": {"k": 1.1, "r": 3.5, "alpha": 140}}';
COMMENT ON FUNCTION lifecycle.note_changes() IS
    'implementation of the triggers of a store: writes the customers of the changed rows into the store''s table of changes. If it '
    'cannot write, it advances the sequence missed, and the next refresh reads all rows: the statement never fails for it';
COMMENT ON PROCEDURE lifecycle.refresh(text, timestamptz, boolean, boolean) IS
    'brings a store up to date as of as_of (NULL is now): histories of changed customers, fits if they are due or refit is true, '
    'profiles and the log of moves. It commits after each step unless called in a transaction block; rebuild reads all rows again';
