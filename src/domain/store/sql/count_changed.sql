SELECT count(DISTINCT customer) FROM {changed}
