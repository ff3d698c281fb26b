-- A share in percent with two decimals, as a text; NULL of nothing.
CREATE OR REPLACE FUNCTION rules.percent(part numeric, whole numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$ SELECT round(100 * part / nullif(whole, 0), 2)::text $$;
COMMENT ON FUNCTION rules.percent(numeric, numeric) IS 'A share in percent with two decimals';
