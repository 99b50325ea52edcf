INSERT INTO {data.alias} (duplicate, kept) VALUES ($1::{key}, $2::{key})
