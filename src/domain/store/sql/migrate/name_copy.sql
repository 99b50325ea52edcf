UPDATE {data.journey_state} SET incarnation = {incarnation}, home = {home}
