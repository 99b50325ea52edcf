CREATE FUNCTION {function}({arguments}) RETURNS TABLE ({columns})
LANGUAGE sql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER ROWS {rows}
SET search_path = pg_catalog, pg_temp {zone}
BEGIN ATOMIC
{body};
END
