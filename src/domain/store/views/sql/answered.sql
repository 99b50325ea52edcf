LEFT JOIN unnest({arrays}) AS answered ({names}) ON answered.actions = action.id >> 6
