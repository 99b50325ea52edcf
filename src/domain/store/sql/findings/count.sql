WITH sample AS MATERIALIZED (
    SELECT of_row.customer, of_row.has_customer, of_row.ordered_at, of_row.amount, of_row.has_amount, of_row.order_key, of_row.changed_at, of_row.has_changed_at,
        of_row.currency
    FROM jsonb_to_recordset($1::jsonb) AS of_row (customer text, has_customer boolean, ordered_at timestamptz, amount numeric, has_amount boolean,
        order_key text, changed_at text, has_changed_at boolean, currency text)),
known AS MATERIALIZED (
    SELECT sample.customer, count(*) AS rows FROM sample WHERE sample.has_customer GROUP BY sample.customer),
fits AS MATERIALIZED (
    SELECT sample.amount FROM sample WHERE abs(sample.amount) <= 922337203685477)
SELECT jsonb_build_object(
    'rows', count(*),
    'no_customer', count(*) FILTER (WHERE NOT sample.has_customer),
    'no_time', count(*) FILTER (WHERE sample.ordered_at IS NULL),
    'no_currency', count(*) FILTER (WHERE sample.currency IS NULL OR btrim(sample.currency) = ''),
    'time_out_of_range', count(*) FILTER (WHERE sample.ordered_at < '0001-01-01 00:00:00+00' OR sample.ordered_at >= '10000-01-01 00:00:00+00'),
    'future', count(*) FILTER (WHERE sample.ordered_at > now() + interval '1 day' AND sample.ordered_at < '10000-01-01 00:00:00+00'),
    'epoch', count(*) FILTER (WHERE sample.ordered_at < '1971-01-01 00:00:00+00' AND sample.ordered_at >= '0001-01-01 00:00:00+00'),
    'no_amount', count(*) FILTER (WHERE NOT sample.has_amount),
    'no_number', count(*) FILTER (WHERE sample.has_amount AND sample.amount IS NULL AND EXISTS (SELECT FROM sample AS other WHERE other.amount IS NOT NULL)),
    'amount_out_of_range', count(*) FILTER (WHERE abs(sample.amount) > 922337203685477 OR sample.amount = 'NaN'),
    'no_order_key', count(*) FILTER (WHERE sample.order_key IS NULL AND EXISTS (SELECT FROM sample AS other WHERE other.order_key IS NOT NULL)),
    'no_changed_at', count(*) FILTER (WHERE NOT sample.has_changed_at AND EXISTS (SELECT FROM sample AS other WHERE other.has_changed_at)),
    'changed_later', count(*) FILTER (WHERE sample.has_changed_at AND sample.changed_at IS DISTINCT FROM sample.ordered_at::text),
    'shared', (SELECT COALESCE(sum(moment.rows - 1), 0) FROM (
            SELECT count(*) AS rows FROM sample AS of_row WHERE of_row.has_customer GROUP BY of_row.customer, of_row.ordered_at) AS moment),
    'twice', (SELECT COALESCE(sum(moment.rows - 1), 0) FROM (
            SELECT count(*) AS rows FROM sample AS of_row WHERE of_row.has_customer GROUP BY of_row.customer, of_row.ordered_at, of_row.amount) AS moment),
    'spelled', (SELECT count(*) - count(DISTINCT lower(btrim(known.customer))) FROM known),
    'nobody', (SELECT COALESCE(jsonb_agg(jsonb_build_object('customer', known.customer, 'rows', known.rows) ORDER BY known.rows DESC), '[]') FROM known
        WHERE lower(btrim(known.customer)) IN ('', '0', '-1', 'guest', 'anonymous', 'unknown', 'null', 'none', 'n/a', 'nan',
            '00000000-0000-0000-0000-000000000000')),
    'customers', (SELECT count(*) FROM known),
    'most', (SELECT jsonb_build_object('customer', known.customer, 'rows', known.rows) FROM known ORDER BY known.rows DESC, known.customer LIMIT 1),
    'amounts', (SELECT count(*) FROM fits),
    'distinct_amounts', (SELECT count(DISTINCT fits.amount) FROM fits),
    'whole_amounts', (SELECT count(*) FROM fits WHERE fits.amount = trunc(fits.amount)),
    'odd_amounts', (SELECT count(*) FROM fits WHERE mod(fits.amount, 100) <> 0),
    'median_amount', COALESCE((SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY fits.amount::float8) FROM fits), 0),
    'currencies', (SELECT COALESCE(jsonb_agg(DISTINCT of_row.currency), '[]') FROM sample AS of_row WHERE of_row.currency <> ''))::text
FROM sample
