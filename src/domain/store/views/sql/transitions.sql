FROM (SELECT change.what, coalesce(change.moved_from, '(none)') AS moved_from, coalesce(change.moved_to, '(none)') AS moved_to,
        count(*) AS moves, count(DISTINCT movement.customer) AS customers, min(movement.at) AS first_at, max(movement.at) AS last_at
    FROM {moves}
    WHERE change.moved_from IS DISTINCT FROM change.moved_to
    GROUP BY 1, 2, 3) AS transition
ORDER BY transition.what DESC, transition.moved_from, transition.moves DESC, transition.moved_to
