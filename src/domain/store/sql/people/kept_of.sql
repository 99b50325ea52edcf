SELECT DISTINCT COALESCE(merged.kept, found.customer) AS customer
FROM (
{found}) AS found LEFT JOIN {data.alias} AS merged ON merged.duplicate = found.customer
