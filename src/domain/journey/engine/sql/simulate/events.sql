INSERT INTO {table.event} (customer, kind, at, channel, provider_id, processed)
SELECT event.customer, event.kind, event.at, event.channel, event.provider_id, {processed} FROM {data.event} AS event WHERE {when}
