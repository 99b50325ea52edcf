-- OFFSET 0, here and below, has each of these expressions computed once.
SELECT enrolled.*, {zone} AS zone, CASE WHEN enrolled.action IS NULL THEN {objection} END AS objection, {latest} AS latest
FROM due AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
OFFSET 0
