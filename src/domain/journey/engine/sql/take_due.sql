INSERT INTO {scratch.due} (place, {names})
SELECT enrollment.ctid, {columns}
FROM {table.enrollment} AS enrollment
WHERE enrollment.bucket IN ({buckets}) AND enrollment.due_at <= {now} AND enrollment.journey IN ({journeys})
LIMIT {limit}
