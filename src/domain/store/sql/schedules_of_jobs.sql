-- Of those that the caller sees; NULL without one.
SELECT pg_catalog.string_agg(j.schedule, ', ' ORDER BY j.jobid) FROM cron.job AS j WHERE j.active AND {is_job}
