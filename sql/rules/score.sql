-- The scores of a fiscal year as clients see them, put together from the functions that the views
-- of schema report are made of: nothing is counted here.
CREATE OR REPLACE FUNCTION rules.score(now timestamptz, year integer)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'fy', year, 'as_of', now, 'closing_day', k.closing_day, 'closed', k.closed,
            'kpi1', json_build_object(
                'rule_set', k.rule_set, 'name_th', k.name_th, 'name_en', k.name_en,
                'value', k.value, 'level', k.level, 'confirmed', k.confirmed,
                'text_th', k.text_th, 'text_en', k.text_en,
                'received', k.received, 'distinct', k.distinct_received,
                'by_class', json_build_object('C1', k.c1, 'C2', k.c2, 'CX', k.cx, 'C0', k.c0,
                                              'CT', k.ct, 'CI', k.ci, 'CV', k.cv),
                'late', k.late, 'anonymous_share', k.anonymous_share::text,
                'silent', s.silent, 'pending_months', k.pending_months, 'variants', k.variants),
            'indicators', i.indicators, 'assessments', rules.assessed_json(year, k.value))
        FROM rules.kpi1(now, year) AS k
        CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object('unit', m.unit, 'name_th', u.name_th,
                                                       'name_en', u.name_en, 'months', m.months)
                                     ORDER BY m.unit), '[]') AS silent
            FROM (SELECT um.unit, json_agg(to_char(um.month, 'YYYY-MM') ORDER BY um.month) AS months
                  FROM rules.unit_month(now, year) AS um
                  WHERE um.silent
                  GROUP BY um.unit) AS m
            JOIN register.unit AS u ON u.code = m.unit) AS s
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object('indicator', l.indicator, 'name_th', l.name_th,
                                              'name_en', l.name_en, 'level', l.level,
                                              'levels', l.levels)
                            ORDER BY l.indicator) AS indicators
            FROM (SELECT il.indicator, il.name_th, il.name_en,
                         count(*) FILTER (WHERE il.counted) AS level,
                         json_agg(json_build_object(
                             'level', il.level, 'met', il.met, 'text_th', il.text_th,
                             'text_en', il.text_en, 'ours', il.ours, 'found', il.found,
                             'missing', il.missing) ORDER BY il.level) AS levels
                  FROM rules.indicator_level(now, year) AS il
                  GROUP BY il.indicator, il.name_th, il.name_en) AS l) AS i);
END;
$$;
COMMENT ON FUNCTION rules.score(timestamptz, integer) IS 'The scores of a fiscal year';
