-- How many customers were found by comparing and in no other way.
SELECT count(*) FROM {changed} AS found
WHERE found.differs AND NOT EXISTS (SELECT FROM {changed} AS other WHERE other.customer = found.customer AND other.differs IS NULL)
    AND {is_unknown}
