INSERT INTO {data.borders} (fit, at_risk_after, lapsed_after, grid, rules, layout, settings)
SELECT (SELECT max(fit.id) FROM {data.fit} AS fit), {at_risk_after}, {lapsed_after}, {grid}, {rules}, {layout}, {settings}
ON CONFLICT (one) DO UPDATE SET fit = excluded.fit, at_risk_after = excluded.at_risk_after, lapsed_after = excluded.lapsed_after,
    grid = excluded.grid, rules = excluded.rules, layout = excluded.layout,
    settings = excluded.settings
