INSERT INTO {scratch.due} (place, {names})
SELECT enrollment.ctid, {columns}
FROM {scratch.customers} AS customers JOIN {table.enrollment} AS enrollment ON enrollment.customer = customers.customer
WHERE enrollment.due_at <= {now} AND enrollment.journey IN ({journeys})
