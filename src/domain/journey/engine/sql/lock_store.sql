SELECT pg_advisory_xact_lock({lock}) FROM generate_series(0, {last}) AS buckets (bucket)
