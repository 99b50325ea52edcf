SELECT leaving.customer, leaving.entry, leaving.step, leaving.round, 'left', leaving.outcome FROM leaving
