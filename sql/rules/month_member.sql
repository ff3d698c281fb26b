-- A member that must be a month, YYYY-MM; its first day.
CREATE OR REPLACE FUNCTION rules.month_member(object jsonb, member text)
RETURNS date
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.month_value(rules.text_member(object, member), '/' || member)
$$;
COMMENT ON FUNCTION rules.month_member(jsonb, text) IS 'A member that must be a month';
