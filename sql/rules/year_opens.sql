-- The first day of a fiscal year, whether or not the register has a row for it: years before the
-- register have scores and reports too.
CREATE OR REPLACE FUNCTION rules.year_opens(year integer)
RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$ SELECT make_date(year - 544, 10, 1) $$;
COMMENT ON FUNCTION rules.year_opens(integer) IS 'The first day of a fiscal year';
