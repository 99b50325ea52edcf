SELECT COALESCE(sum(intake.customers), 0)::int8::text
FROM {data.journey_intake} AS intake
WHERE intake.journey = {journey} AND intake.at > {now} - '24 hours'::interval AND intake.at <= {now}
