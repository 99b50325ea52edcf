INSERT INTO {scratch.settled} (id, customer)
SELECT action.id, action.customer FROM {table.action} AS action WHERE NOT action.processed AND action.decided_at <= {now} LIMIT {limit}
