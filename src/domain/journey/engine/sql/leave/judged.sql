SELECT enrolled.*, {outcome} AS outcome
FROM under_way AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
