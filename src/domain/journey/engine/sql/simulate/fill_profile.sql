INSERT INTO {next} (customer, {names})
SELECT scored.customer, {values}
FROM ({scored}) AS scored LEFT JOIN {profile} AS before ON before.customer = scored.customer
