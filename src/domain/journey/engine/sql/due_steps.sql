SELECT due.journey, due.version, due.step, count(*)::text FROM {scratch.due} AS due GROUP BY due.journey, due.version, due.step
