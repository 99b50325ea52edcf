SELECT max(changed_at)::text FROM {grown} WHERE {is_past}
