UPDATE {data.enrollment} AS enrollment
SET ended_at = now(), outcome = 'ended', due_at = NULL, postponed_since = NULL, postponed_reason = NULL
WHERE enrollment.journey = {journey} AND enrollment.ended_at IS NULL
