-- The segments of the store's grid, those of the highest scores first. A class of a cell's pattern is a digit, [4-5] or *.
((SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name)
    FROM (SELECT rule.name, avg(CASE cell.class WHEN '*' THEN (1 + grid.bins) / 2.0
                ELSE (left(btrim(cell.class, '[]'), 1)::numeric + right(btrim(cell.class, '[]'), 1)::numeric) / 2 END) AS score
        FROM {data.store_settings} AS kept
        JOIN lifecycle.segment_grid AS grid ON grid.grid = kept.settings ->> 'grid'
        JOIN lifecycle.segment_rule AS rule ON rule.grid = grid.grid
        CROSS JOIN LATERAL unnest(rule.cells) AS pattern (pattern)
        CROSS JOIN LATERAL (SELECT matched.found[1] AS class
            FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]', 'g') AS matched (found)) AS cell
        GROUP BY rule.name) AS scored) || ARRAY[{unscored}, {prospect}])
