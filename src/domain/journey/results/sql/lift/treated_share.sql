-- With which probability the lot treated the customer of the row `entry`, among those that are compared; NULL where that is not known, and where nothing was drawn.
NULLIF(NULLIF(CASE versions.control
    WHEN 'journey' THEN 1 - versions.journey_control + 0 * entry.store_control
    ELSE (1 - entry.store_control) * (1 - versions.journey_control)
        / NULLIF((1 - entry.store_control) * (1 - versions.journey_control) + entry.store_control, 0) END, 0), 1)
