-- The months of a fiscal year that have begun, unit by unit. Who oversees sees every unit;
-- officers, heads and deputies see their own.
--
-- `after` counts what arrived after the confirmation, `visible` (for the unit's head and deputy)
-- what the month holds: both without the cases that are hidden from who asks, and of the unit's own
-- people without those that accuse them by their role (rules.accused_as()).
CREATE OR REPLACE FUNCTION rules.return_list(now timestamptz, actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'return_list');
    year     integer := rules.year_asked(now, params);
    oversees boolean := me.role_set && ARRAY['head', 'director', 'auditor', 'reporter',
                                             'secretary', 'committee'];
    own      boolean := me.role_set && ARRAY['officer', 'unit_head'];
BEGIN
    status := 200;
    WITH shown AS MATERIALIZED (
        SELECT m.*, u.name_th, u.name_en, e.position,
               coalesce(me.name IN (u.head, u.deputy), false) AS heads,
               rules.accused_as(me, u) AS accused_as
        FROM rules.unit_month(now, year) AS m
        JOIN register.unit AS u ON u.code = m.unit
        LEFT JOIN register.month_return AS r ON r.unit = m.unit AND r.month = m.month
        LEFT JOIN register.event AS e ON e.event_id = r.event_id
        WHERE m.month <= rules.bangkok_day(now)
          AND (params ->> 'unit' IS NULL OR m.unit = params ->> 'unit')
          AND (oversees OR me.name IN (u.head, u.deputy) OR own AND m.unit = me.unit)
    ), arrived AS (
        SELECT s.unit, s.month, count(*) AS visible,
               count(*) FILTER (WHERE c.position > s.position) AS after
        FROM shown AS s
        JOIN register.complaint AS c
          ON c.unit = s.unit AND date_trunc('month', c.counted_on::timestamp) = s.month
        WHERE c.fy = year
          AND NOT EXISTS (SELECT FROM register.case_excluded AS x
                          WHERE x.complaint = c.id
                            AND (x.kind = 'principal' AND x.code = me.name
                                 OR x.kind = 'unit' AND x.code = me.unit))
          AND coalesce(c.accused_role, '') <> ALL (s.accused_as)
        GROUP BY s.unit, s.month
    )
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'unit', s.unit, 'name_th', s.name_th, 'name_en', s.name_en,
               'month', to_char(s.month, 'YYYY-MM'), 'due_on', s.due_on, 'count', s.count,
               'confirmed_at', s.confirmed_at, 'confirmed_by', s.confirmed_by,
               'late', coalesce(s.late, false), 'silent', s.silent,
               'after', coalesce(a.after, 0),
               'visible', CASE WHEN s.heads THEN coalesce(a.visible, 0) END)
               ORDER BY s.month, s.unit), '[]'))
    INTO content
    FROM shown AS s
    LEFT JOIN arrived AS a ON a.unit = s.unit AND a.month = s.month;
END;
$$;
COMMENT ON FUNCTION rules.return_list(timestamptz, text, jsonb, jsonb) IS
    'The months of a fiscal year, unit by unit, as the caller may see them';
