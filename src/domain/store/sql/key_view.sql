-- Nothing but the columns that settings name, each under the name of its setting, and the condition: all as they are.
CREATE VIEW {view} AS SELECT {columns} FROM {relation}
