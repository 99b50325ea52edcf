-- The columns of the layout are left alone.
INSERT INTO {data.store_settings} AS kept (settings, key_type, reader, made_reader, conditions)
VALUES ($1::jsonb, $2, $3::name, $4::boolean, $5::jsonb)
ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, key_type = excluded.key_type, reader = excluded.reader,
    made_reader = excluded.made_reader, conditions = excluded.conditions
