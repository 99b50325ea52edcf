SELECT due.customer, {now} AS triggered_at, {reason} AS reason FROM {scratch.due} AS due WHERE {at_step}
