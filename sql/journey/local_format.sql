-- dates and money as people of a language and country write them

CREATE FUNCTION lifecycle.local_date(at timestamp, format text, locale text) RETURNS text
    AS 'MODULE_PATHNAME', 'local_date_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.local_date(timestamp, text, text) IS
    'returns a date and time in a form of strftime, such as %e %B %Y, with the names of a locale such as de_AT. NULL for infinity; '
    'SQLSTATE 22023 for a form or locale that does not exist';

CREATE FUNCTION lifecycle.local_money(amount numeric, currency text, locale text) RETURNS text
    AS 'MODULE_PATHNAME', 'local_money_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.local_money(numeric, text, text) IS
    'returns an amount in a currency (ISO 4217) as a locale such as de_AT writes it, rounded to its smallest unit. NULL for NaN and '
    'beyond 922337203685477.5807; SQLSTATE 22023 for a locale that does not exist';

CREATE FUNCTION lifecycle.known_locale(locale text, otherwise text) RETURNS text
    AS 'MODULE_PATHNAME', 'known_locale_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.known_locale(text, text) IS
    'returns locale if it names a language and country, such as de_AT, de-AT or de, and otherwise if not. Never an error';
