INSERT INTO {scratch.customers} (customer) SELECT DISTINCT event.customer FROM {scratch.events} AS event
