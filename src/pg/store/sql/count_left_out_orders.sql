SELECT COALESCE(jsonb_object_agg(found.reason, jsonb_build_object('rows', found.rows, 'amount', found.amount)), '{}')::text
FROM (
    SELECT left_out.reason, count(*) AS rows, round(sum(left_out.amount), 2) AS amount
    FROM ({left_out}) AS left_out GROUP BY left_out.reason) AS found
