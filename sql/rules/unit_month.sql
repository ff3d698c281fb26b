-- The months of a fiscal year that each unit confirms: provincial and central units, in every
-- month of which they were active on a day. Silent: past its due day (Bangkok) and not confirmed,
-- whether or not complaints came.
CREATE OR REPLACE FUNCTION rules.unit_month(now timestamptz, year integer)
RETURNS TABLE (unit text, month date, due_on date, count integer, confirmed_at timestamptz,
               confirmed_by text, late boolean, past_due boolean, silent boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH months AS MATERIALIZED (
        SELECT m::date AS month, rules.month_due(m::date) AS due_on
          FROM register.fiscal_year AS y,
               generate_series(y.opens::timestamp, y.closes::timestamp, '1 month') AS m
         WHERE y.fy = year
    )
    SELECT u.code, m.month, coalesce(r.due_on, m.due_on), r.count, r.confirmed_at,
           r.confirmed_by, r.late, rules.bangkok_day(now) > m.due_on,
           r.unit IS NULL AND rules.bangkok_day(now) > m.due_on
      FROM months AS m
      JOIN register.unit AS u
             ON u.kind IN ('provincial', 'central')
            AND u.active_from < m.month + interval '1 month'
            AND (u.active_to IS NULL OR u.active_to >= m.month)
      LEFT JOIN register.month_return AS r ON r.unit = u.code AND r.month = m.month
$$;
COMMENT ON FUNCTION rules.unit_month(timestamptz, integer) IS
    'The months of a fiscal year that units confirm: due, confirmed, late, silent';
