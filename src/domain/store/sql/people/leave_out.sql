DELETE FROM {found} AS found
USING {secret}
WHERE NOT EXISTS (SELECT FROM {data.history} AS history WHERE history.customer = found.customer) AND {is_forgotten}
