SELECT json_build_object('settings', settings, 'key_type', key_type, 'reader', reader, 'made_reader', made_reader,
    'attached_at', attached_at, 'conditions', conditions, 'layout', layout, 'made', made)
FROM ONLY {table} LIMIT 1
