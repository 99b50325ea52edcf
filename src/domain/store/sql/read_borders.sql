-- By what the stored profiles were scored, and what of it is as it was, as JSON.
SELECT json_build_object('fit', (SELECT {values} FROM {data.fit} AS fit WHERE fit.id = borders.fit),
    'fit_is_newest', borders.fit IS NOT DISTINCT FROM (SELECT max(fit.id) FROM {data.fit} AS fit),
    'at_risk_after', borders.at_risk_after, 'lapsed_after', borders.lapsed_after, 'grid', borders.grid,
    'grid_is_as_it_was', borders.rules = {rules},
    'settings_are_as_they_were', borders.settings = {settings}, 'layout', borders.layout)
FROM {data.borders} AS borders
