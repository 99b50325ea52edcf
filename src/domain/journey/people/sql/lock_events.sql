SELECT event.id FROM {data.event} AS event WHERE event.customer = ANY ($1::{key}[]) AND NOT event.processed ORDER BY event.id FOR UPDATE
