SELECT customers, orders_to_date FROM {data.kpi} WHERE as_of = $1::timestamptz
