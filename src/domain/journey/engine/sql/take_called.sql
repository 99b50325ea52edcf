INSERT INTO {scratch.due} (place, {names})
SELECT enrollment.ctid, {columns}
FROM {table.enrollment} AS enrollment
WHERE enrollment.journey = {journey} AND enrollment.entered_at = {now} AND enrollment.due_at <= {now}
    AND enrollment.customer IN (SELECT due.customer FROM {scratch.due} AS due WHERE {at_step})
    AND NOT EXISTS (SELECT FROM {scratch.due} AS due WHERE due.journey = enrollment.journey AND due.customer = enrollment.customer
        AND due.entry = enrollment.entry)
