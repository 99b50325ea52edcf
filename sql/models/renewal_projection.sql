-- a book of contracts over the years: new business, renewals and losses

CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, renewal_rate double precision, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, double precision, integer) IS
    'a book of contracts that starts from nothing, gets the same new_business at the start of every year, and of which the '
    'same share is renewed every year';
CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, m @extschema@.renewal_model, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_model_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, @extschema@.renewal_model, integer) IS
    'a book of contracts of customers who differ in how readily they renew: in year t it holds new_per_year * the sum of '
    'survival(m, k) over k from 0 to t - 1 (Fader and Hardie 2007)';
