-- The segments of the store's grid, those of the highest scores first. A class of a cell's pattern is a digit, [4-5] or *.
((SELECT array_agg(s.name ORDER BY s.score DESC, s.name)
    FROM (SELECT r.name, avg(CASE c.class WHEN '*' THEN (1 + g.bins) / 2.0
                ELSE (left(btrim(c.class, '[]'), 1)::numeric + right(btrim(c.class, '[]'), 1)::numeric) / 2 END) AS score
        FROM {data.store_settings} AS k
        JOIN lifecycle.segment_grid AS g ON g.grid = k.settings ->> 'grid'
        JOIN lifecycle.segment_rule AS r ON r.grid = g.grid
        CROSS JOIN LATERAL unnest(r.cells) AS p (pattern)
        CROSS JOIN LATERAL (SELECT m.found[1] AS class FROM regexp_matches(p.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]', 'g') AS m (found)) AS c
        GROUP BY r.name) AS s) || ARRAY[{unscored}, {prospect}])
