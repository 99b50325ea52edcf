SELECT enrolled.*, {outcome} AS outcome
FROM under_way AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    LEFT JOIN {data.history} AS history ON history.customer = enrolled.customer
