(SELECT recorded.* FROM {scratch.events} AS taken JOIN {table.event} AS recorded ON recorded.id = taken.id)
