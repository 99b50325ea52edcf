INSERT INTO {next} ({names})
SELECT {values}
FROM ({scored}) AS scored LEFT JOIN {profile} AS before ON before.customer = scored.customer
