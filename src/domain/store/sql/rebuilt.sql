SELECT customer, {values} FROM {view} WHERE {condition} GROUP BY customer
