FROM {data.suppression} AS suppression
WHERE suppression.until IS NULL AND suppression.lifted_at IS NULL
