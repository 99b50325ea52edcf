-- Whether an interval is no shorter than another one, and does not lead before the year 1000.
SELECT now() - $1::interval <= now() - $2::interval AND now() - $1::interval > '1000-01-01'::timestamptz
