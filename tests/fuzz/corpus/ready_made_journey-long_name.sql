-- A name that is no known one is compared with none that it could be meant for.
SELECT lifecycle.ready_made_journey(repeat('x', 5000000))
