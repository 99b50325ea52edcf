DELETE FROM {data.journey_step} AS step WHERE step.journey = {journey} AND step.version = {version}
