INSERT INTO {data.feed} (identity) SELECT {identity}
