-- Makes the job, or changes the one that is there; gives its number.
SELECT cron.schedule({job}, {schedule}, {command})
