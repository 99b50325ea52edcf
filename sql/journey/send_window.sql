-- when a customer may be written to, by the customer's own clock, and shares by lot

CREATE FUNCTION lifecycle.next_permitted(at timestamptz, zone text, quiet_from time, quiet_to time, weekdays integer[])
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_permitted_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_permitted(timestamptz, text, time, time, integer[]) IS
    'the first instant, from at on, at which the clocks of a time zone show neither a quiet hour, which are those from quiet_from '
    'to before quiet_to (on the next day if that is earlier; the same twice: none), nor another day of the week than these (1 for '
    'Monday to 7). at itself if it is permitted. NULL for quiet_from or quiet_to: no quiet hours; NULL or an empty array for '
    'weekdays: every day; NULL for at or zone: NULL. SQLSTATE 22023 for a zone that the server does not know, other '
    'weekdays, and times that are no whole minutes before 24:00; 22008 outside the years 1 to 9999, and for infinite at';

CREATE FUNCTION lifecycle.next_local_time(at timestamptz, zone text, local time, weekdays integer[]) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_local_time_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_local_time(timestamptz, text, time, integer[]) IS
    'the first instant after at that is this time of day in a time zone, on one of these days of the week (1 for Monday to 7; NULL '
    'or an empty array: every day). A time that a change of the clocks leaves out or shows twice is taken as '
    'timezone(zone, timestamp) takes it: as long after the change as it is too late, and as the second. NULL for at, zone or local: NULL. '
    'SQLSTATE 22023 for a zone that the server does not know, other weekdays, and a time that is no whole minute before '
    '24:00; 22008 outside the years 1 to 9999, and for infinite at';

CREATE FUNCTION lifecycle.known_zone(zone text, otherwise text) RETURNS text
    AS 'MODULE_PATHNAME', 'known_zone_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION lifecycle.known_zone(text, text) IS
    'zone, if it is the name of a time zone that the server knows (see pg_timezone_names; also a rule such as CET-1CEST), and '
    'else otherwise, as it is. A NULL zone is not known. Never an error';

CREATE FUNCTION lifecycle.hash_share(customer text, draw text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'hash_share_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.hash_share(text, text) IS
    'where a customer stands in a draw: a number from 0 to below 1, evenly spread, that is always the same. It is the first 52 '
    'bits of SHA-256 of the name of the draw, a slash and the customer in UTF-8, by 2^52. Draws of journeys: store (the '
    'control group of all), journey/<name> (that of one), split/<journey>/<step>. NULL for NULL';
