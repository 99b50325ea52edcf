SELECT number, name, condition::text, (since IS NULL OR problem IS NOT NULL)::text FROM {data.audience} ORDER BY number
