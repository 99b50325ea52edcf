-- Under the caller's search_path.
SELECT pg_catalog.pg_try_advisory_xact_lock_shared({class}, ($1::pg_catalog.int8 OPERATOR(pg_catalog.%) 2147483647)::pg_catalog.int4)
