SELECT event.customer, event.at AS triggered_at, event.kind AS reason FROM {scratch.events} AS event WHERE event.kind = {kind} AND NOT event.is_machine
