SELECT judged.customer, judged.entry, {step}, judged.round + 1, 'left', {reason} FROM judged WHERE judged.verdict <> 'postponed'
