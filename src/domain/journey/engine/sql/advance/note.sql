SELECT judged.customer, judged.entry, {step} AS step, judged.round, {kind} AS kind, {reason} AS reason FROM judged WHERE {changes}
