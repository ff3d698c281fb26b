-- The total of a rule set as a report prints it, as a cell and in words: the score, rounded; that there
-- is none because the scores are of several years; or that there is no figure. Beside it the year that
-- was assessed, the newest if they are several.
CREATE OR REPLACE FUNCTION rules.total_printed(f jsonb, set_code text,
                                               OUT cell jsonb, OUT th text, OUT en text,
                                               OUT fy integer)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH item AS (
        SELECT a.score, round(a.total, a.total_decimals)::text AS total,
               CASE a.code WHEN 'kpi1' THEN (f ->> 'fy')::integer ELSE a.assessment_fy END AS fy
        FROM jsonb_to_recordset(f -> 'assessed')
             AS a (rule_set text, code text, assessment_fy integer, score numeric, total numeric,
                   total_decimals integer)
        WHERE a.rule_set = set_code
    ), printed AS (
        SELECT max(i.total) AS total, coalesce(max(i.fy), (f ->> 'fy')::integer) AS fy,
               CASE WHEN count(DISTINCT i.fy) FILTER (WHERE i.score IS NOT NULL) > 1
                    THEN '{"th": "ไม่คำนวณ เพราะเป็นคะแนนของหลายปีที่ประเมิน",
                           "en": "not computed, the scores being of several years"}'::jsonb
                    ELSE rules.no_data(f)::jsonb END AS why_not
        FROM item AS i
    )
    SELECT coalesce(to_jsonb(p.total), p.why_not), coalesce(p.total, p.why_not ->> 'th'),
           coalesce(p.total, p.why_not ->> 'en'), p.fy
    FROM printed AS p
$$;
COMMENT ON FUNCTION rules.total_printed(jsonb, text) IS
    'The total of a rule set as a report prints it';
