-- What customers agreed to, and took back, as the store reads it.
CREATE VIEW {data.source_consents} AS
SELECT {customer} AS customer, {channel} AS channel, {given_at} AS given_at, {withdrawn_at} AS withdrawn_at
FROM {relation}
