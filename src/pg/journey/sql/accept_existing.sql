UPDATE {data.journey} AS journey SET released_up_to = 2147483647, released_from = NULL WHERE journey.journey = {journey}
