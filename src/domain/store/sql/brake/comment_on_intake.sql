COMMENT ON TABLE {data.journey_intake} IS 'how many customers a run has had enter a journey, batch by batch'
