SELECT action.id FROM {data.action} AS action WHERE action.customer = ANY ($1::{key}[]) ORDER BY action.id FOR UPDATE
