-- KPI 1 of a fiscal year with its companions: one row. The cells of rules.received() are summed
-- here and nowhere else for a score: `variants` holds what the KPI would be if it counted
-- otherwise, for rules.kpi1_variant() to spread into rows.
--
-- It is confirmed when no unit that must confirm is silent, and there is such a unit: a year
-- before any office took part is not confirmed by anybody. Months not yet due silence nobody;
-- pending_months says how many there are.
CREATE OR REPLACE FUNCTION rules.kpi1(now timestamptz, year integer)
RETURNS TABLE (rule_set text, rule_version integer, name_th text, name_en text, value bigint,
               level numeric, confirmed boolean, text_th text, text_en text, received bigint,
               distinct_received bigint, c1 bigint, c2 bigint, cx bigint, c0 bigint, ct bigint,
               ci bigint, cv bigint, late bigint, anonymous bigint, anonymous_share numeric,
               silent_units bigint, silent_months bigint, pending_months bigint,
               closing_day date, closed boolean, variants json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    rule register.rule_set := rules.rule_in_force('kpi1', year);
BEGIN
    RETURN QUERY
    WITH cell AS MATERIALIZED (
        SELECT * FROM rules.received(year)
    ), total AS (
        SELECT coalesce(sum(r.complaints), 0)::bigint AS received,
               coalesce(sum(r.complaints) FILTER (WHERE NOT r.duplicate), 0)::bigint
                   AS distinct_received,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C1'), 0)::bigint AS c1,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C2'), 0)::bigint AS c2,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CX'), 0)::bigint AS cx,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C0'), 0)::bigint AS c0,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CT'), 0)::bigint AS ct,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CI'), 0)::bigint AS ci,
               coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CV'), 0)::bigint AS cv,
               coalesce(sum(r.complaints) FILTER (WHERE r.late), 0)::bigint AS late,
               coalesce(sum(r.complaints) FILTER (WHERE r.anonymous), 0)::bigint AS anonymous
        FROM cell AS r
    ), variant AS (
        SELECT v.variant, v.th, v.en, v.ord, coalesce(sum(r.complaints), 0)::bigint AS value
        FROM register.kpi1_variant AS v
        LEFT JOIN cell AS r
               ON r.class = ANY (v.classes)
              AND (v.processes IS NULL OR r.process = ANY (v.processes))
              AND (v.duplicates OR NOT r.duplicate)
        WHERE v.version = rule.version
        GROUP BY v.variant, v.th, v.en, v.ord
    ), scored AS (
        SELECT v.*, rules.scale_score(rules.scale_of(rule.code, rule.version), v.value) AS level
        FROM variant AS v
    ), standing AS (
        SELECT count(DISTINCT m.unit) FILTER (WHERE m.silent) AS silent_units,
               count(*) FILTER (WHERE m.silent) AS silent_months,
               count(*) > 0 AND count(*) FILTER (WHERE m.silent) = 0 AS confirmed
        FROM rules.unit_month(now, year) AS m
    ), pending AS (
        SELECT count(*) AS months
        FROM register.fiscal_year AS y,
             generate_series(y.opens::timestamp, y.closes::timestamp, '1 month') AS m
        WHERE y.fy = year AND rules.month_due(m::date) >= rules.bangkok_day(now)
    )
    SELECT rule.code, rule.version, rule.name_th, rule.name_en, v.value, v.level, s.confirmed,
           rules.thai_digits(v.level::text)
               || CASE WHEN s.confirmed THEN '' ELSE ' (ยังไม่ยืนยัน)' END,
           v.level || CASE WHEN s.confirmed THEN '' ELSE ' (unconfirmed)' END,
           t.received, t.distinct_received, t.c1, t.c2, t.cx, t.c0, t.ct, t.ci, t.cv,
           t.late, t.anonymous, round(100.0 * t.anonymous / nullif(t.received, 0), 2),
           s.silent_units, s.silent_months, p.months,
           y.closing_day, rules.bangkok_day(now) > y.closing_day,
           (SELECT json_agg(json_build_object('code', o.variant, 'name_th', o.th, 'name_en', o.en,
                                              'value', o.value, 'level', o.level) ORDER BY o.ord)
            FROM scored AS o WHERE o.variant <> 'kpi1')
    FROM register.fiscal_year AS y
    CROSS JOIN total AS t
    CROSS JOIN standing AS s
    CROSS JOIN pending AS p
    JOIN scored AS v ON v.variant = 'kpi1'
    WHERE y.fy = year;
END;
$$;
COMMENT ON FUNCTION rules.kpi1(timestamptz, integer) IS
    'KPI 1 of a fiscal year: value, level, standing and the figures beside it';
