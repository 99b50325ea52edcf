SELECT cardinality(journey.recipients) FROM {data.journey} AS journey WHERE journey.journey = {journey}
