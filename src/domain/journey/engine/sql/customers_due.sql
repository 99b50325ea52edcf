INSERT INTO {scratch.customers} (customer) SELECT DISTINCT due.customer FROM {scratch.due} AS due
