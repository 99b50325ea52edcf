(SELECT {objection} FROM {table.suppression} AS suppression WHERE suppression.customer = {customer} AND {stops}
    ORDER BY suppression.since, suppression.id LIMIT 1)
