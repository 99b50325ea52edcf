SELECT due.journey, due.version, due.step, count(DISTINCT due.customer)::text FROM {scratch.due} AS due GROUP BY due.journey, due.version, due.step
