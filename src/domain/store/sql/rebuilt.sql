SELECT customer, {values} FROM {rows} AS rows WHERE {condition} GROUP BY customer
