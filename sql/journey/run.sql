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
    'runs the live journeys of a store as of an instant: removes customers who have finished, enters customers, and decides '
    'every step that is due, batch customers at a time. Outside a transaction block it commits after each batch';
