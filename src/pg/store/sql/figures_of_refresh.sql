SELECT customers, orders FROM {data.kpi} WHERE as_of = $1::timestamptz
