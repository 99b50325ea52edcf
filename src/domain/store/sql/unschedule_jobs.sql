-- That of the caller, or all of them for a caller who sees all; gives how many there were.
SELECT pg_catalog.count(*) FILTER (WHERE cron.unschedule(j.jobid)) FROM cron.job AS j WHERE {is_job}
