UPDATE {table.event} AS event SET processed = true FROM {scratch.events} AS taken WHERE event.id = taken.id
