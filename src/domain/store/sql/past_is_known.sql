-- Changes of the past that the profiles know of by now.
UPDATE {data.history} SET past_changed = false WHERE past_changed
