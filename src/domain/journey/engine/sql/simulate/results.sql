SELECT result.day::text, result.what, result.step, result.channel, result.segment, sum(result.customers)::int8::text
FROM {table.result} AS result
GROUP BY result.day, result.what, result.step, result.channel, result.segment
ORDER BY result.day, result.what, result.step, result.channel, result.segment
