-- segment grids: which segment each cell of scores belongs to, as rows that are checked

CREATE TABLE lifecycle.segment_grid (
    grid text PRIMARY KEY CHECK (grid <> ''),
    dimensions text NOT NULL DEFAULT 'R,FM' CHECK (dimensions IN ('R,FM', 'R,F,M')),
    bins integer NOT NULL DEFAULT 5 CHECK (bins BETWEEN 2 AND 9),
    description text,
    preset boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE lifecycle.segment_grid IS
    'the segment grids, one row each; their rules are in lifecycle.segment_rule. Everybody may read. To add grids takes '
    'INSERT, UPDATE and DELETE on both tables, which whoever installed the extension has and can grant. A grid in use '
    'cannot be changed so that its rules are no longer a partition: SQLSTATE 23514';
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
    'the rules of the segment grids, one row each. Of the rules that match a cell the one with the lowest priority number '
    'wins. After every statement each grid that it touched must have no rules or be a partition: every cell has one winner '
    'and every name wins a cell, or else SQLSTATE 23514. So insert all rules of a grid in one statement. Malformed '
    'cells are SQLSTATE 22P02. Who may write: see lifecycle.segment_grid';
COMMENT ON COLUMN lifecycle.segment_rule.grid IS 'the grid';
COMMENT ON COLUMN lifecycle.segment_rule.name IS 'the segment';
COMMENT ON COLUMN lifecycle.segment_rule.cells IS
    'patterns of cells, with one class for each position: a digit, [4-5] for several, * for any, such as 55 or 5[4-5]*';
COMMENT ON COLUMN lifecycle.segment_rule.priority IS 'of the rules that match a cell the lowest number wins';

GRANT SELECT ON lifecycle.segment_grid, lifecycle.segment_rule TO PUBLIC;
-- The tables belong to the superuser in whose name a trusted extension is installed; the grids, to whoever installs it.
GRANT INSERT, UPDATE, DELETE ON lifecycle.segment_grid, lifecycle.segment_rule TO @extowner@ WITH GRANT OPTION;

SELECT pg_catalog.pg_extension_config_dump('lifecycle.segment_grid', 'WHERE NOT preset');
SELECT pg_catalog.pg_extension_config_dump(
    'lifecycle.segment_rule', 'WHERE grid IN (SELECT grid FROM lifecycle.segment_grid WHERE NOT preset)');

-- the check of what is written

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
    'what keeps a grid from being a partition; no rows for a sound one. problem is overlap (several rules of one priority '
    'win the cell: names), hole (no rule matches the cell) or unreachable (names holds a name that wins no cell; cell is '
    'NULL). No rows for NULL';

CREATE FUNCTION lifecycle.check_segment_grid(
    rules jsonb, dimensions text, bins integer, OUT problem text, OUT cell text, OUT names text[]
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'check_segment_rules_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_segment_grid(jsonb, text, integer) IS
    'the same of rules that are not in the table: an array of objects with cells, name and priority (1 if left out), such as '
    'jsonb_agg(t) of a table with such columns. dimensions and bins as in lifecycle.segment_grid. SQLSTATE 22023 if one of them is '
    'out of range or the rules are not of that form, 22P02 and 54000 as there';

-- the segment of a score

CREATE FUNCTION @extschema@.rfm_segment(score @extschema@.rfm_triple, grid text) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_grid_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.rfm_segment(@extschema@.rfm_triple, text) IS
    'the segment of a score in a grid of lifecycle.segment_grid, as the calling query sees it. NULL with any NULL, also for one '
    'score. SQLSTATE 22023 if there is no such grid, if it is no partition (which takes triggers that were switched off), and '
    'unless all scores lie between 1 and its number of bins';
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
    'why a customer is in a segment, a row for each dimension: recency, frequency, monetary. value is whole days since the '
    'last purchase, number of purchases or total spend; its score is that of values above one break and up to the next. '
    'cell, segment, rule_cells and rule_priority say where the scores led. next_: the next better score that a value can '
    'have, what it needs (more purchases, more spend, or days by which the last purchase would have to be more recent) and '
    'the segment then, the other two scores staying as they are; NULL for the best score. lift_: the same of the nearest '
    'better score with another segment; NULL if none has. No rows without a purchase, breaks or grid';
