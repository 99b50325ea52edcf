SELECT action.customer, action.channel, action.status = 'withheld' FROM {data.action} AS action WHERE action.id = $1::int8
