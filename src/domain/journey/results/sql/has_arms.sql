-- whether a version of the journey has a split
SELECT EXISTS (SELECT FROM {data.journey_step} AS step JOIN {data.journey} AS journey ON journey.journey = step.journey
    WHERE journey.name = {journey} AND step.definition ? 'split')
