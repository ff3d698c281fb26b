-- The scores of the present fiscal year, how many reminders wait or could not be delivered, how many
-- cases wait to be wrapped for the group that has them now, and in how many nobody acts, as gauges:
-- [name, code or null, value] each. What has no score yet is not there.
CREATE OR REPLACE FUNCTION rules.score_metrics(now timestamptz)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year CONSTANT integer := rules.year_asked(now, '{}');
    kpi  record;
BEGIN
    SELECT k.value, k.received, k.silent_units INTO kpi FROM rules.kpi1(now, year) AS k;
    RETURN (
        SELECT json_agg(json_build_array(g.name, g.code, g.value) ORDER BY g.ord, g.code)
        FROM (SELECT 1 AS ord, 'grievd_kpi1_value' AS name, NULL AS code, kpi.value::text AS value
              UNION ALL
              SELECT 2, 'grievd_received', NULL, kpi.received::text
              UNION ALL
              SELECT 3, 'grievd_silent_units', NULL, kpi.silent_units::text
              UNION ALL
              SELECT 4, 'grievd_evidence_level', l.indicator,
                     (count(*) FILTER (WHERE l.counted))::text
              FROM rules.indicator_level(now, year) AS l GROUP BY l.indicator
              UNION ALL
              SELECT 5, 'grievd_score', a.code, round(a.score, 4)::text
              FROM rules.assessed(year, false, kpi.value) AS a
              WHERE a.score IS NOT NULL
              UNION ALL
              SELECT 6, 'grievd_mail_waiting', NULL, count(*)::text
              FROM register.outbox AS o WHERE o.status = 'waiting'
              UNION ALL
              SELECT 7, 'grievd_mail_dead', NULL, count(*)::text
              FROM register.outbox AS o WHERE o.status = 'dead'
              UNION ALL
              SELECT 8, 'grievd_rewrap_due', NULL, count(*)::text
              FROM register.complaint AS c
              WHERE c.route <> coalesce(c.wrapped_for, c.accepted_route)
                AND c.erased_at IS NULL
              UNION ALL
              SELECT 9, 'grievd_cases_unhandled', NULL, count(*)::text
              FROM rules.case_unhandled()) AS g);
END;
$$;
COMMENT ON FUNCTION rules.score_metrics(timestamptz) IS
    'The scores of the present fiscal year and the state of the mail, as gauges';
