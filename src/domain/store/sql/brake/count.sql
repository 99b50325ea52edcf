SELECT count(*) FILTER (WHERE history.orders > 0), COALESCE(sum(history.orders), 0) FROM {data.history} AS history
