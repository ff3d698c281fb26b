-- Every figure of a year's report, from one snapshot: the functions that count are called once
-- each, and what writes the report (report_section_*) only puts these into words and tables. A
-- year that the register does not have has the scores that were recorded of it and no more.
CREATE OR REPLACE FUNCTION rules.report_figures(now timestamptz, year integer)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    span    register.fiscal_year;
    kpi     jsonb;
    lines   jsonb;
    turns   jsonb;
    whole   jsonb;
    figures jsonb := jsonb_build_object('fy', year, 'now', now);
BEGIN
    SELECT * INTO span FROM register.fiscal_year AS y WHERE y.fy = year;
    IF span.fy IS NOT NULL THEN
        -- Whoever prints chooses the digits.
        SELECT to_jsonb(k) || jsonb_build_object(
                   'text_th', translate(k.text_th, '๐๑๒๓๔๕๖๗๘๙', '0123456789'))
        INTO kpi FROM rules.kpi1(now, year) AS k;
        SELECT jsonb_agg(to_jsonb(l)) INTO lines FROM rules.year_line(now, year) AS l;
        SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') INTO turns
        FROM rules.year_turn(now, year) AS t;
        SELECT l - '{dimension,key}'::text[] INTO whole
        FROM jsonb_array_elements(lines) AS l WHERE l ->> 'dimension' = 'all';
        figures := figures || jsonb_build_object(
            'opens', span.opens, 'closes', span.closes, 'closing_day', span.closing_day,
            'as_of', least(span.closes, rules.bangkok_day(now)),
            'closed_year', rules.bangkok_day(now) > span.closing_day,
            'began', rules.register_began(now), 'kpi1', kpi, 'all', whole,
            'log_size', rules.log_size(), 'checkpoint', rules.checkpoint_of(NULL),
            'months', (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.month)
                       FROM rules.year_month_line(now, year, lines, turns) AS m),
            'unit', rules.report_line(lines, 'unit', year),
            'class', rules.report_line(lines, 'class', year),
            'channel', rules.report_line(lines, 'channel', year),
            'subject', rules.report_line(lines, 'subject', year),
            'process', rules.report_line(lines, 'process', year),
            'identity', rules.report_line(lines, 'identity', year),
            'state', rules.report_line(lines, 'state', year),
            'age', rules.report_line(lines, 'age', year),
            'month_class', (SELECT jsonb_object_agg(l ->> 'key', l -> 'received')
                            FROM jsonb_array_elements(lines) AS l
                            WHERE l ->> 'dimension' = 'month_class' AND l ->> 'received' <> '0'),
            'closings', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')
                         FROM (SELECT x.outcome,
                                      CASE WHEN x.days <= 15 THEN 0 WHEN x.days <= 30 THEN 16
                                           WHEN x.days <= 60 THEN 31 WHEN x.days <= 90 THEN 61
                                           ELSE 91 END AS days, sum(x.cases) AS cases,
                                      sum(x.cases * x.days) AS days_sum
                               FROM jsonb_to_recordset(turns) AS x (closing boolean,
                                   outcome text, days integer, cases bigint)
                               WHERE x.closing GROUP BY 1, 2) AS c),
            'events', (SELECT coalesce(jsonb_object_agg(e.kind, e.cases), '{}')
                       FROM rules.year_event(now, year) AS e),
            'clocks', (SELECT coalesce(jsonb_agg(to_jsonb(k)), '[]')
                       FROM rules.year_clock(now, year) AS k),
            'erased', (SELECT count(*) FROM rules.year_span(now, year) AS s
                       JOIN rules.case_counted AS c ON c.fy = year AND c.erased_at < s.until),
            'silent', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                  'unit', s.unit, 'name', jsonb_build_object('th', u.name_th,
                                                                             'en', u.name_en),
                                  'months', s.months) ORDER BY u.kind, u.name_th
                                                               COLLATE "th-x-icu"), '[]')
                       FROM (SELECT m.unit, jsonb_agg(to_char(m.month, 'YYYY-MM')
                                                      ORDER BY m.month) AS months
                             FROM rules.unit_month(now, year) AS m
                             WHERE m.silent GROUP BY m.unit) AS s
                       JOIN register.unit AS u ON u.code = s.unit),
            'units', (SELECT count(DISTINCT m.unit) FROM rules.unit_month(now, year) AS m),
            'differing', (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.month,
                                                    d.name_th COLLATE "th-x-icu"), '[]')
                          FROM rules.month_differing(year) AS d),
            -- nothing is compared with a year of which nobody has said that there was none
            'before', (SELECT jsonb_build_object('fy', y.fy, 'received', k.received)
                       FROM register.fiscal_year AS y
                       CROSS JOIN LATERAL rules.kpi1(now, y.fy) AS k
                       WHERE y.fy = year - 1 AND (k.received > 0 OR k.confirmed)),
            'levels', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.indicator, l.level)
                       FROM rules.indicator_level(now, year) AS l));
    END IF;
    RETURN figures || jsonb_build_object(
        'assessed', (SELECT jsonb_agg(to_jsonb(a) ORDER BY array_position(
                                '{transparency,plan,7}', a.rule_set), a.ord)
                     FROM rules.assessed(year, true, (kpi ->> 'value')::bigint) AS a),
        'actions', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.no), '[]')
                    FROM rules.plan_action_of(year) AS p),
        'rules', (SELECT jsonb_agg(jsonb_build_object(
                             'code', r.code, 'version', r.version, 'name_th', r.name_th,
                             'name_en', r.name_en, 'order_no', r.order_no,
                             'adopted_on', r.adopted_on,
                             'adopted_late', r.adopted_on >= rules.year_opens(year))
                             ORDER BY r.code)
                  FROM (SELECT DISTINCT s.code FROM register.rule_set AS s) AS c
                  CROSS JOIN LATERAL rules.rule_in_force(c.code, year) AS r
                  WHERE r.code IS NOT NULL));
END;
$$;
COMMENT ON FUNCTION rules.report_figures(timestamptz, integer) IS
    'Every figure of a year''s report, from one snapshot';
