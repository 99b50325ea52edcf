SELECT entering.customer, entering.triggered_at, entering.reason FROM {scratch.entering} AS entering
