-- when a customer may be written to, by the customer's own clock, and shares drawn at random

CREATE FUNCTION lifecycle.next_permitted(at timestamptz, zone text, quiet_from time, quiet_to time, weekdays integer[])
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_permitted_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_permitted(timestamptz, text, time, time, integer[]) IS
    'returns the first instant from at on that is outside quiet hours (quiet_from to before quiet_to) and on one of the '
    'weekdays (1 for Monday to 7) by the clocks of the zone. NULL quiet hours or weekdays do not limit';

CREATE FUNCTION lifecycle.next_local_time(at timestamptz, zone text, local time, weekdays integer[]) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_local_time_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_local_time(timestamptz, text, time, integer[]) IS
    'returns the first instant after at with this time of day in a time zone, on one of the weekdays. Skipped local times '
    'move forward by the DST gap; ambiguous ones are the second occurrence, as timezone(zone, timestamp) resolves them';

CREATE FUNCTION lifecycle.written_instant(value text, zone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'written_instant_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.written_instant(text, text) IS
    'returns the instant that a text in ISO 8601 says, and NULL if it says none: by the clocks of the zone where it gives no '
    'offset, and at midnight where it gives no time. Never an error';

CREATE FUNCTION lifecycle.known_zone(zone text, otherwise text) RETURNS text
    AS 'MODULE_PATHNAME', 'known_zone_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION lifecycle.known_zone(text, text) IS
    'returns zone if it is the name of a time zone that the server knows, and otherwise if not. Never an error';

CREATE FUNCTION lifecycle.hash_share(customer text, draw text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'hash_share_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.hash_share(text, text) IS
    'returns the place of a customer in a draw, from 0 to below 1, evenly spread and always the same: the first 52 bits of '
    'SHA-256 of the draw, a slash and the customer, by 2^52';
