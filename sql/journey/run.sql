-- running journeys

CREATE FUNCTION lifecycle.work_journeys(store text, as_of timestamptz, batch integer, phase text) RETURNS text
    AS 'MODULE_PATHNAME', 'work_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION lifecycle.work_journeys(text, timestamptz, integer, text) IS
    'implementation of lifecycle.run_journeys: one unit of a run, which begins with the given phase (NULL for the first); the '
    'phase of the next unit, NULL at the end';

-- PL/pgSQL, because only a procedure can commit between the units; with all names qualified, for the reason that lifecycle.refresh
-- has. A unit locks its customers, does all that is due for them, and leaves what another run, of this session or any other, goes
-- on from.
CREATE PROCEDURE lifecycle.run_journeys(store text, as_of timestamptz DEFAULT now(), batch integer DEFAULT 10000)
LANGUAGE plpgsql AS $$
DECLARE
    phase pg_catalog.text;
BEGIN
    LOOP
        phase := lifecycle.work_journeys(store, as_of, batch, phase);
        EXIT WHEN phase IS NULL;
        IF lifecycle.may_commit() THEN COMMIT; END IF;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE lifecycle.run_journeys(text, timestamptz, integer) IS
    'runs the live journeys of a store as of an instant: who leaves, then who enters, then what is decided for everybody who is due, '
    'batch customers at a time (from 1 to 1000000). It knows of purchases and profiles what the last lifecycle.refresh has found, and of '
    'reactions what lifecycle.record_event was told. Any number of sessions may run it at once: each works on customers that no '
    'other holds. Outside a transaction block it commits after each batch. Whatever is broken off anywhere, the next run goes on: '
    'an action and the step that decided it are one transaction. New actions are announced by NOTIFY lifecycle_actions, with store '
    'and channel as JSON. Only the owner of the store may call it. SQLSTATE 42704 if there is no such store, 22004 for NULL, 22008 if '
    'as_of is infinite, 22023 if it is more than a day ahead or batch is out of range, 42501 for others, 55000 if the store was never '
    'refreshed, in a transaction of an isolation level above READ COMMITTED, and for a journey whose rows are in disorder';
