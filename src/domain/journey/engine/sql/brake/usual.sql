-- The past of a journey tells something from a week on.
GREATEST({always}, LEAST({base} * {share}, (SELECT max(day.customers) * {times}
    FROM (SELECT sum(intake.customers) AS customers
        FROM {data.journey_intake} AS intake
        WHERE intake.journey = {journey} AND intake.at <= {now} - '24 hours'::interval
        GROUP BY date_trunc('day', intake.at)) AS day
    HAVING (SELECT min(first.at) FROM {data.journey_intake} AS first WHERE first.journey = {journey}) <= {now} - '7 days'::interval)))
