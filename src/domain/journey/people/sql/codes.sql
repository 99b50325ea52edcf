SELECT jsonb_agg(to_jsonb(code) ORDER BY code.pool, code.code)::text
FROM {data.code} AS code JOIN {data.action} AS action ON action.id = code.action
WHERE action.customer = ANY ($1::{key}[])
