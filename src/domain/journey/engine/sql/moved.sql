{update}
RETURNING enrollment.ctid AS place, {columns}, enrollment.due_at
