-- a book of contracts over the years: new business, renewals, and what is lost

CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, renewal_rate double precision, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, double precision, integer) IS
    'a book that starts from nothing, gets the same new_business at the start of every year (in customers or in money), and '
    'of which the same share is renewed every year: renewed = renewal_rate * total of the year before, lost_renewals the '
    'rest of that total, total = new_business + renewed, growth = total / that of the year before - 1, NULL in the first '
    'year. No rows with any NULL';
CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, m @extschema@.renewal_model, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_model_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, @extschema@.renewal_model, integer) IS
    'the same of customers who differ in how readily they renew: in year t the book holds new_per_year * the sum of survival(m, k) '
    'over k from 0 to t - 1. No rows with any NULL, and with a model that could not be fitted. SQLSTATEs as of the form '
    'with a renewal_rate (Fader and Hardie 2007)';
