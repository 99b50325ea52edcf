-- a plain role that installs the extension may write grids, and let others do so
SET client_min_messages = warning;
BEGIN;
DROP EXTENSION pg_lifecycle;
CREATE ROLE regress_lifecycle_owner;
CREATE ROLE regress_lifecycle_other;
GRANT CREATE ON DATABASE :"DBNAME" TO regress_lifecycle_owner;
SET ROLE regress_lifecycle_owner;
CREATE SCHEMA regress_lifecycle;
CREATE EXTENSION pg_lifecycle SCHEMA regress_lifecycle;
INSERT INTO lifecycle.segment_grid (grid, bins) VALUES ('mine', 2);
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'yes', '{2*}'), ('mine', 'no', '{1*}');
GRANT INSERT, UPDATE, DELETE ON lifecycle.segment_grid, lifecycle.segment_rule TO regress_lifecycle_other;
SET ROLE regress_lifecycle_other;
UPDATE lifecycle.segment_rule SET name = 'ja' WHERE grid = 'mine' AND name = 'yes';
SELECT grid, name, cells FROM lifecycle.segment_rule WHERE grid = 'mine' ORDER BY name;
SAVEPOINT changed;
UPDATE lifecycle.segment_rule SET name = 'ja' WHERE grid = 'rfm_25' AND name = 'Lost';
ROLLBACK TO changed;
-- but nobody may put anything else there
CREATE TABLE lifecycle.other (i int);
ROLLBACK;
