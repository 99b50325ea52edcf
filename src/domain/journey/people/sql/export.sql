SELECT jsonb_agg(to_jsonb(held))::text FROM {table} AS held WHERE {condition}
