-- Whether the sequence is one that always takes another value.
SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_sequence AS s ON s.seqrelid = c.oid
    WHERE n.nspname = {data_schema} AND c.relname = {missed} AND c.relpersistence = 'p'
        AND s.seqmin <= 1 AND s.seqmax >= 4611686018427387904)
