SELECT going.customer, going.entry, going.target, going.round + 1, 'left', {reason} FROM going WHERE going.outcome IS NOT NULL
