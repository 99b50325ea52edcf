CREATE INDEX ON {data.journey_intake} (journey, at)
