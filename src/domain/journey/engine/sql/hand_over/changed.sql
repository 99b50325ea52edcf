SELECT changed.customer::text
FROM (
{changed}) AS changed
