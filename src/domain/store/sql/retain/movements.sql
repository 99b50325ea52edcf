-- What is left answers for every instant since.
DELETE FROM {data.movement} AS movement WHERE movement.at < {before}
