LEFT JOIN {data.history} AS history ON history.customer = {customer}
