INSERT INTO {table.event} (customer, kind, at, channel, provider_id, class, is_machine, topic, processed, detail)
SELECT event.customer, event.kind, event.at, event.channel, event.provider_id, event.class, event.is_machine,
    event.topic, {processed}, event.detail FROM {data.event} AS event WHERE {when}
