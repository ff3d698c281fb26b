-- Every item of the rule sets with what was recorded of it: for the report of a year (by_report),
-- or for the assessment of it. KPI 1 is not recorded: its value is handed in, NULL in a year that
-- the register does not have.
--
-- Scores are unrounded; `weighted` is the score by its weight, per cent; `total` that of the whole
-- rule set: the mean of the 13 indicators, or the results by weight. It is NULL where a part has
-- no score, or where two parts are of different years: a mean of what there is would be a figure
-- that nobody gave.
CREATE OR REPLACE FUNCTION rules.assessed(year integer, by_report boolean, kpi1_value bigint)
RETURNS TABLE (rule_set text, rule_version integer, code text, kind text, parent text,
               ord integer, name_th text, name_en text, weight numeric, unit text,
               decimals integer, scale numeric[], assessment_fy integer, level integer,
               result numeric, score numeric, weighted numeric, total numeric,
               total_decimals integer, reason text, corrective text, evidence text,
               activities jsonb, system_level integer, difference text, source text,
               recorded_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH latest AS MATERIALIZED (
        SELECT DISTINCT ON (a.code) a.*
        FROM register.assessment AS a
        WHERE CASE WHEN by_report THEN a.report_fy ELSE a.assessment_fy END = year
        ORDER BY a.code, a.number DESC
    ), assessed_in AS (
        SELECT s.code, coalesce((SELECT max(l.assessment_fy) FROM latest AS l
                                 WHERE l.rule_set = s.code), year) AS fy
        FROM unnest(ARRAY['transparency', 'plan', '7']) AS s (code)
    ), joined AS (
        SELECT i.*,
               CASE WHEN i.kind = 'result' THEN rules.scale_of(s.code, s.version) END AS scale,
               a.assessment_fy, a.level,
               CASE WHEN i.code = 'kpi1' THEN kpi1_value ELSE a.result END AS result,
               a.reason, a.corrective, a.evidence, coalesce(a.activities, '[]') AS activities,
               a.system_level, a.difference, a.source, a.recorded_at
        FROM assessed_in AS n
        CROSS JOIN LATERAL rules.rule_in_force(n.code, n.fy) AS r
        JOIN rules.item_named AS i ON i.rule_set = r.code AND i.version = r.version
        LEFT JOIN LATERAL rules.rule_in_force(i.code, n.fy) AS s ON i.kind = 'result'
        LEFT JOIN latest AS a ON a.code = i.code
    ), scored AS (
        SELECT j.*, CASE WHEN j.kind = 'indicator' THEN j.level
                         WHEN j.kind = 'result' THEN rules.scale_score(j.scale, j.result)
                    END AS score,
               CASE j.code WHEN 'kpi1' THEN year ELSE j.assessment_fy END AS of_year,
               CASE WHEN j.kind IN ('indicator', 'result') THEN coalesce(j.weight, 1) END AS share
        FROM joined AS j
    )
    SELECT s.rule_set, s.version, s.code, s.kind, s.parent, s.ord, s.name_th, s.name_en, s.weight,
           s.unit, s.decimals, s.scale, s.assessment_fy, s.level, s.result, s.score,
           s.weight * s.score / 100,
           CASE WHEN count(s.score) OVER whole = count(s.share) OVER whole
                     AND min(s.of_year) OVER whole = max(s.of_year) OVER whole
                THEN sum(s.score * s.share) OVER whole / sum(s.share) OVER whole END,
           CASE s.rule_set WHEN 'transparency' THEN 1 ELSE 4 END,
           s.reason, s.corrective, s.evidence, s.activities, s.system_level, s.difference,
           s.source, s.recorded_at
    FROM scored AS s
    WINDOW whole AS (PARTITION BY s.rule_set)
$$;
COMMENT ON FUNCTION rules.assessed(integer, boolean, bigint) IS
    'Every item of the rule sets with the score or result recorded for a year';
