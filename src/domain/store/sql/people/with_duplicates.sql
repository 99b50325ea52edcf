(SELECT one.customer FROM {among} AS one
    UNION ALL
    SELECT merged.duplicate FROM {among} AS one JOIN {data.alias} AS merged ON merged.kept = one.customer)
