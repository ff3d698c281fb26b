-- The publication of exactly these months of a year that is in force, the newest; NULL if none is.
CREATE OR REPLACE FUNCTION rules.publication_of(year integer, first integer, last integer)
RETURNS register.publication
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.* FROM register.publication AS p
    WHERE p.fy = year AND p.first_month = first AND p.last_month = last
    ORDER BY p.number DESC LIMIT 1
$$;
COMMENT ON FUNCTION rules.publication_of(integer, integer, integer) IS
    'The publication of some months that is in force';
