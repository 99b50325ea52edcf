INSERT INTO {scratch.settled} (id, customer)
SELECT action.id, action.customer FROM {table.action} AS action WHERE NOT action.processed LIMIT {limit}
