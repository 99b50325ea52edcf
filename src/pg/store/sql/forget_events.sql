UPDATE {data.history} SET engagement = NULL, events = 0, event_checksum = NULL WHERE events > 0
