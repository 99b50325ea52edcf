-- A statement of its own, because only such a one may use parallel workers.
CREATE TEMPORARY TABLE {scored} AS {query}
