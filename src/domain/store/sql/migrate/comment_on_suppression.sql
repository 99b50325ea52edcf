COMMENT ON TABLE {data.suppression} IS 'the customers who get nothing on a channel, or on a topic of it, and why'
