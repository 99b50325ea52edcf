SELECT version + 1 FROM {data.feed}
