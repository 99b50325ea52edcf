INSERT INTO {data.history} (customer, {columns}) SELECT customer, {columns} FROM {fresh}
