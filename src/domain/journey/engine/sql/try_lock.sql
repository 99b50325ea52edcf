SELECT buckets.bucket::text FROM unnest({buckets}) AS buckets (bucket) WHERE pg_try_advisory_xact_lock({lock})
