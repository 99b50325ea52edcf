INSERT INTO lifecycle.refresh_log (store, as_of, asked_as_of)
VALUES ($1, $2::timestamptz, $2::timestamptz) RETURNING id
