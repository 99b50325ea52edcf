-- segment grids: which segment each cell of scores belongs to, as rows that are checked

CREATE TABLE lifecycle.segment_grid (
    grid text PRIMARY KEY CHECK (grid <> ''),
    dimensions text NOT NULL DEFAULT 'R,FM' CHECK (dimensions IN ('R,FM', 'R,F,M')),
    bins integer NOT NULL DEFAULT 5 CHECK (bins BETWEEN 2 AND 9),
    description text,
    preset boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE lifecycle.segment_grid IS
    'the segment grids, one row each; their rules are in lifecycle.segment_rule. All roles may read; the role that installed '
    'the extension may write and can grant it';
COMMENT ON COLUMN lifecycle.segment_grid.grid IS 'the name';
COMMENT ON COLUMN lifecycle.segment_grid.dimensions IS
    'what the digits of a cell stand for: R,FM recency score and mean of frequency and monetary score, halves rounded up; '
    'R,F,M all three';
COMMENT ON COLUMN lifecycle.segment_grid.bins IS 'the scores in each dimension run from 1 to this, 2 to 9';
COMMENT ON COLUMN lifecycle.segment_grid.description IS 'what it is';
COMMENT ON COLUMN lifecycle.segment_grid.preset IS
    'whether the grid comes with the extension; only the extension can change it (SQLSTATE 42501), and dumps leave it out';

CREATE TABLE lifecycle.segment_rule (
    grid text NOT NULL REFERENCES lifecycle.segment_grid ON UPDATE CASCADE ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    cells text[] NOT NULL CHECK (cardinality(cells) > 0 AND array_position(cells, NULL) IS NULL),
    priority integer NOT NULL DEFAULT 1,
    PRIMARY KEY (grid, name, priority)
);
COMMENT ON TABLE lifecycle.segment_rule IS
    'the rules of the segment grids, one row each; of the rules that match a cell the one with the lowest priority number '
    'wins. The rules of a grid must be a partition after every statement (SQLSTATE 23514), so insert all of them in one '
    'statement';
COMMENT ON COLUMN lifecycle.segment_rule.grid IS 'the grid';
COMMENT ON COLUMN lifecycle.segment_rule.name IS 'the segment';
COMMENT ON COLUMN lifecycle.segment_rule.cells IS
    'patterns of cells, with one class for each position: a digit, [4-5] for several, * for any, such as 55 or 5[4-5]*';
COMMENT ON COLUMN lifecycle.segment_rule.priority IS 'of the rules that match a cell the lowest number wins';

GRANT SELECT ON lifecycle.segment_grid, lifecycle.segment_rule TO PUBLIC;
-- The tables belong to the superuser in whose name a trusted extension is installed; the grids, to the role that installs it.
GRANT INSERT, UPDATE, DELETE ON lifecycle.segment_grid, lifecycle.segment_rule TO @extowner@ WITH GRANT OPTION;

SELECT pg_catalog.pg_extension_config_dump('lifecycle.segment_grid', 'WHERE NOT preset');
SELECT pg_catalog.pg_extension_config_dump(
    'lifecycle.segment_rule', 'WHERE grid IN (SELECT grid FROM lifecycle.segment_grid WHERE NOT preset)');

-- the check of every statement that writes

CREATE FUNCTION lifecycle.segment_rules_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'segment_rules_changed_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.segment_rules_changed() IS 'implementation of the triggers of lifecycle.segment_rule';
CREATE TRIGGER inserted AFTER INSERT ON lifecycle.segment_rule REFERENCING NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_rules_changed();
CREATE TRIGGER updated AFTER UPDATE ON lifecycle.segment_rule REFERENCING OLD TABLE AS gone NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_rules_changed();
CREATE TRIGGER deleted AFTER DELETE ON lifecycle.segment_rule REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION lifecycle.segment_rules_changed();

CREATE FUNCTION lifecycle.segment_grids_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'segment_grids_changed_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.segment_grids_changed() IS 'implementation of the triggers of lifecycle.segment_grid';
CREATE TRIGGER inserted AFTER INSERT ON lifecycle.segment_grid REFERENCING NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_grids_changed();
CREATE TRIGGER updated AFTER UPDATE ON lifecycle.segment_grid REFERENCING OLD TABLE AS gone NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_grids_changed();
CREATE TRIGGER deleted AFTER DELETE ON lifecycle.segment_grid REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION lifecycle.segment_grids_changed();

CREATE FUNCTION lifecycle.check_segment_grid(grid text, OUT problem text, OUT cell text, OUT names text[])
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'check_segment_grid_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_segment_grid(text) IS
    'what keeps a grid from being a partition; no rows for a sound one. problem is overlap (several rules of one priority win '
    'the cell: names), hole (no rule matches the cell) or unreachable (names holds a name that wins no cell; cell is NULL)';

CREATE FUNCTION lifecycle.check_segment_grid(
    rules jsonb, dimensions text, bins integer, OUT problem text, OUT cell text, OUT names text[]
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'check_segment_rules_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_segment_grid(jsonb, text, integer) IS
    'the problems of rules that are not in the table: an array of objects with cells, name and priority (1 by default), such '
    'as jsonb_agg(t) of a table with these columns';

-- the segment of a score

CREATE FUNCTION @extschema@.rfm_segment(score @extschema@.rfm_triple, grid text) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_grid_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.rfm_segment(@extschema@.rfm_triple, text) IS
    'the segment of a score in a grid of lifecycle.segment_grid, as the calling query sees it';
CREATE FUNCTION @extschema@.rfm_segment(recency integer, frequency integer, monetary integer, grid text) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_grid_scores_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.rfm_segment(integer, integer, integer, text) IS
    'the same of three scores; see rfm_segment(rfm_triple, text)';

CREATE FUNCTION @extschema@.explain_segment(
    h @extschema@.purchase_history, breaks @extschema@.rfm_breaks, grid text, as_of timestamptz DEFAULT now(),
    OUT dimension text, OUT value numeric, OUT score integer, OUT above numeric, OUT up_to numeric,
    OUT cell text, OUT segment text, OUT rule_cells text[], OUT rule_priority integer,
    OUT next_score integer, OUT next_needs numeric, OUT next_segment text,
    OUT lift_score integer, OUT lift_needs numeric, OUT lift_segment text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'explain_segment_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 3;
COMMENT ON FUNCTION @extschema@.explain_segment(@extschema@.purchase_history, @extschema@.rfm_breaks, text, timestamptz) IS
    'why a customer is in a segment, one row for recency, frequency and monetary each: the value, its score, and the rule that '
    'won. The columns next_ tell the next better score and what it needs, and lift_ the nearest better score with another '
    'segment';
