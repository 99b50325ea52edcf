SELECT action.customer, action.channel, action.status = 'withheld'{is_anonymous} FROM {data.action} AS action WHERE action.id = $1::int8
