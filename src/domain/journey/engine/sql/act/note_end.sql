SELECT moving.customer, moving.entry, {step}, moving.round + 1, 'left', {reason} FROM moving WHERE NOT moving.stays
