-- Whether an interval does not lead back, nor beyond the year 5000; one that must lead somewhere leads ahead.
SELECT now() + $1::interval < '5000-01-01'::timestamptz AND now() + $1::interval >= now()
    AND ($2::boolean OR now() + $1::interval > now())
