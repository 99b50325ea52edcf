(SELECT customer, {names} FROM {own} AS of_customer WHERE {is_own}
    UNION ALL
    SELECT merged.kept, {names_of_merged} FROM {data.alias} AS merged JOIN (SELECT * FROM {merged} AS of_duplicate WHERE {is_merged}) AS of_merged
        ON of_merged.customer = merged.duplicate)
