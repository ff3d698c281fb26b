-- The action plan of a year as it was last recorded; of every year for NULL.
CREATE OR REPLACE FUNCTION rules.plan_action_of(year integer)
RETURNS SETOF register.plan_action
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT ON (p.report_fy, p.no) p.*
    FROM register.plan_action AS p
    WHERE year IS NULL OR p.report_fy = year
    ORDER BY p.report_fy, p.no, p.number DESC
$$;
COMMENT ON FUNCTION rules.plan_action_of(integer) IS
    'The action plan of a year as it was last recorded';
