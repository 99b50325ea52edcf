SELECT advanced.customer, advanced.entry, advanced.target, advanced.round + 1, 'left', {reason} FROM advanced WHERE advanced.outcome IS NOT NULL
