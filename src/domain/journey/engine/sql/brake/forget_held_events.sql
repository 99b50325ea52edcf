UPDATE {data.journey} AS journey SET held_event = NULL WHERE journey.journey = {journey}
