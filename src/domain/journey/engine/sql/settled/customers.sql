INSERT INTO {scratch.customers} (customer) SELECT DISTINCT settled.customer FROM {scratch.settled} AS settled
