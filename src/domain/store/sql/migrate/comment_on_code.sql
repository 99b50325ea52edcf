COMMENT ON TABLE {data.code} IS 'voucher codes by pool, and the action that each went to'
