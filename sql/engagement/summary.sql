-- reading an engagement history: what it says by itself

CREATE FUNCTION @extschema@.events(
    e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), OUT happened_at timestamptz, OUT kind text, OUT channel text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'events_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 20;
COMMENT ON FUNCTION @extschema@.events(@extschema@.engagement_history, timestamptz) IS
    'the events at or before as_of as rows, in order of time; the channel is NULL where there is none; no rows for NULL';

CREATE FUNCTION @extschema@.until(e @extschema@.engagement_history, t timestamptz) RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_until_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.until(@extschema@.engagement_history, timestamptz) IS
    'the history as it was known at t: without what came after it; empty for NULL. f(until(e, t), t) = f(e, t) for every '
    'reading f';

CREATE FUNCTION @extschema@.last_event(
    e @extschema@.engagement_history, kind text DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'last_event_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.last_event(@extschema@.engagement_history, text, text, timestamptz) IS
    'instant of the last event of a kind on a channel at or before as_of, NULL being any kind and any channel, also none; NULL '
    'without such an event';

CREATE FUNCTION @extschema@.num_events(
    e @extschema@.engagement_history, kind text DEFAULT NULL, since timestamptz DEFAULT NULL, channel text DEFAULT NULL,
    as_of timestamptz DEFAULT now()
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_events_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.num_events(@extschema@.engagement_history, text, timestamptz, text, timestamptz) IS
    'number of events of a kind on a channel after since and at or before as_of; NULL is any kind, any channel, and no limit. '
    '0 for NULL';

CREATE FUNCTION @extschema@.open_rate(
    e @extschema@.engagement_history, since timestamptz DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'open_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.open_rate(@extschema@.engagement_history, timestamptz, text, timestamptz) IS
    'the share, 0 to 1, of the messages delivered after since and at or before as_of that were opened before the next message '
    'was delivered on the same channel. Each message counts at most once';
CREATE FUNCTION @extschema@.click_rate(
    e @extschema@.engagement_history, since timestamptz DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'click_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.click_rate(@extschema@.engagement_history, timestamptz, text, timestamptz) IS
    'unique clicks / delivered, 0 to 1: as open_rate, of clicks';

CREATE TYPE @extschema@.engagement_temperature AS ENUM ('warm', 'cold', 'never_contacted');
COMMENT ON TYPE @extschema@.engagement_temperature IS
    'warm: reacted within warm_within; cold: contacted without a recent reaction; never_contacted';

CREATE FUNCTION @extschema@.engagement_temperature(
    e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), warm_within interval DEFAULT '90 days'
) RETURNS @extschema@.engagement_temperature
    AS 'MODULE_PATHNAME', 'engagement_temperature_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.engagement_temperature(@extschema@.engagement_history, timestamptz, interval) IS
    'warm if the last reaction (open, click, visit, reply, referral or subscribe) is at most warm_within ago; else cold, or '
    'never_contacted without any message';
