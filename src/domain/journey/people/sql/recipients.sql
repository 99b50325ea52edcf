SELECT jsonb_agg(journey.name ORDER BY journey.name)::text FROM {data.journey} AS journey WHERE journey.recipients && $1::{key}[]::text[]
