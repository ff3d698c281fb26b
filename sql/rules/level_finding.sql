-- What was found and what is missing for each level of 4.1 and 4.2, a line each.
--
-- Evidence is judged as of today in a running year and as of the last day of a past one, so that
-- a designation that ends later takes nothing from a year that it covered.
CREATE OR REPLACE FUNCTION rules.level_finding(now timestamptz, year integer)
RETURNS TABLE (indicator text, rule_version integer, level integer, present boolean, unit text,
               text_th text, text_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    as_of date := (SELECT least(rules.bangkok_day(now), y.closes)
                   FROM register.fiscal_year AS y WHERE y.fy = year);
BEGIN
    RETURN QUERY
    SELECT l.code, l.version, l.level, f.present, f.unit, f.th, f.en
    FROM (SELECT DISTINCT code FROM register.rule_level) AS i
    CROSS JOIN LATERAL rules.rule_in_force(i.code, year) AS r
    JOIN register.rule_level AS l ON l.code = r.code AND l.version = r.version
    CROSS JOIN LATERAL (
        SELECT * FROM rules.finding_designated(as_of, l.code, l.argument)
        WHERE l.test = 'designated'
        UNION ALL
        SELECT * FROM rules.finding_registered(now, year, l.argument::integer)
        WHERE l.test = 'registered'
        UNION ALL
        SELECT * FROM rules.finding_published(as_of, l.code)
        WHERE l.test = 'published'
        UNION ALL
        SELECT * FROM rules.finding_evidence(as_of, l.code, l.argument)
        WHERE l.test = 'evidence'
        UNION ALL
        SELECT * FROM rules.finding_report_submitted(year)
        WHERE l.test = 'report_submitted'
    ) AS f;
END;
$$;
COMMENT ON FUNCTION rules.level_finding(timestamptz, integer) IS
    'What was found and what is missing for each level of 4.1 and 4.2';
