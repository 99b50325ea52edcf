SELECT moved.moved_from, moved.moved_to, 'from ' || moved.moved_from, 'to ' || moved.moved_to,
    coalesce(array_position({stages}, moved.moved_from), 0) AS before, coalesce(array_position({stages}, moved.moved_to), 0) AS after,
    moved.customers, round(moved.customers / sum(moved.customers) OVER (PARTITION BY moved.moved_from), 4)
FROM (SELECT coalesce(before.stage, '(none)') AS moved_from, coalesce(after.stage, '(none)') AS moved_to, count(*) AS customers
    FROM {own.stages_at}(transition_matrix.from_at) AS before
    FULL JOIN {own.stages_at}(transition_matrix.to_at) AS after ON after.customer = before.customer
    GROUP BY 1, 2) AS moved
ORDER BY 5, 6
