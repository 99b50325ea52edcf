(SELECT lower(btrim(line.voucher_code)) AS code, line.ordered_at AS at, line.customer
    FROM {data.source_orders} AS line WHERE line.voucher_code IS NOT NULL)
