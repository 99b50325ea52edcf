SELECT EXISTS (SELECT FROM {data.history} WHERE events > 0)
