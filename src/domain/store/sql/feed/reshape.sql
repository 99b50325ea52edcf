UPDATE {data.feed} SET version = version + 1, most_changed = version + 1, reshaped = version + 1
