changed AS MATERIALIZED (SELECT unnest($6::text[])::{key} AS customer),
fresh AS MATERIALIZED (
{histories}),
