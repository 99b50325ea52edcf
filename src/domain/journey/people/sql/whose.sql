SELECT COALESCE(merged.kept, asked.customer)::text, EXISTS (SELECT FROM {data.forgotten}) AND {is_forgotten}
FROM (SELECT {asked} AS customer) AS asked CROSS JOIN {secret} LEFT JOIN {data.alias} AS merged ON merged.duplicate = asked.customer
