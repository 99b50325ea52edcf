DELETE FROM {taken} AS taken
USING {secret}
WHERE taken.customer IN (SELECT merged.duplicate FROM {data.alias} AS merged)
    OR EXISTS (SELECT FROM {data.forgotten}) AND {is_forgotten}
