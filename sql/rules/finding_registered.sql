-- Every complaint counted in the year, whatever its class, registered by a person of the legal
-- group or the alternate within so many working days of its acceptance. One still within them is
-- neither found nor missing. A year without complaints passes if its months are confirmed.
--
-- The faults are told by receiving unit and days; those of hidden cases by the central series
-- alone, because who reads the scores may be somebody from whom a case is hidden.
CREATE OR REPLACE FUNCTION rules.finding_registered(now timestamptz, year integer,
                                                    working_days integer)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '32MB' -- hash a year of cases rather than sort it
AS $$
#variable_conflict use_column
DECLARE
    year_opens  date;
    missed      timestamptz[]; -- the first moment that is too late, by day of the year
    group_units text[];
BEGIN
    SELECT min(w.day), array_agg((w.due_on + 1)::timestamp AT TIME ZONE 'Asia/Bangkok'
                                 ORDER BY w.day)
    INTO year_opens, missed
    FROM register.fiscal_year AS y,
         rules.working_day_due(y.opens, y.closing_day, working_days) AS w
    WHERE y.fy = year;
    SELECT array_agg(u.code) INTO group_units
    FROM register.unit AS u WHERE u.kind IN ('legal', 'alternate');

    RETURN QUERY
    WITH accepted AS (
        SELECT c.id, c.unit, c.ref, c.registered_at, c.registered_unit,
               rules.bangkok_day(c.accepted_at) AS day,
               missed[rules.bangkok_day(c.accepted_at) - year_opens + 1] AS missed_at
        FROM register.complaint AS c
        WHERE c.fy = year
    ), judged AS (
        SELECT a.*,
               CASE WHEN a.registered_at IS NULL AND now < a.missed_at THEN 'pending'
                    WHEN a.registered_at IS NULL THEN 'unregistered'
                    WHEN (a.registered_unit = ANY (group_units)) IS NOT TRUE THEN 'elsewhere'
                    WHEN a.registered_at >= a.missed_at THEN 'late'
                    ELSE 'in time' END AS verdict
        FROM accepted AS a
    ), summed AS MATERIALIZED (
        SELECT j.verdict,
               CASE WHEN j.verdict NOT IN ('in time', 'pending')
                     AND starts_with(j.ref, j.unit || '/')
                     AND NOT EXISTS (SELECT FROM register.case_excluded AS x
                                     WHERE x.complaint = j.id) THEN j.unit END AS unit,
               count(*) AS cases, min(j.day) AS first_day, max(j.day) AS last_day
        FROM judged AS j
        GROUP BY 1, 2
    )
    SELECT true, NULL::text,
           format('ลงรับภายใน %s วันทำการ %s เรื่อง อยู่ภายในกำหนด %s เรื่อง',
                  working_days, n.in_time, n.pending),
           format('%s registered within %s working days, %s not yet due',
                  n.in_time, working_days, n.pending)
    FROM (SELECT coalesce(sum(s.cases) FILTER (WHERE s.verdict = 'in time'), 0) AS in_time,
                 coalesce(sum(s.cases) FILTER (WHERE s.verdict = 'pending'), 0) AS pending
          FROM summed AS s) AS n
    WHERE n.in_time + n.pending > 0
    UNION ALL
    (SELECT false, s.unit,
            format('%s: %s %s เรื่อง%s', coalesce(u.name_th, 'ทะเบียนกลาง'),
                   CASE s.verdict WHEN 'unregistered' THEN 'พ้นกำหนดแล้วยังไม่ลงรับ'
                                  WHEN 'late' THEN 'ลงรับเกินกำหนด'
                                  ELSE 'ลงรับโดยผู้อื่น' END,
                   s.cases,
                   CASE WHEN s.unit IS NOT NULL
                        THEN ' รับระหว่างวันที่ ' || rules.thai_date(s.first_day) || ' ถึง '
                             || rules.thai_date(s.last_day) END),
            format('%s: %s %s%s', coalesce(u.name_en, 'central series'), s.cases,
                   CASE s.verdict WHEN 'unregistered' THEN 'overdue and not registered'
                                  WHEN 'late' THEN 'registered late'
                                  ELSE 'registered by somebody else' END,
                   CASE WHEN s.unit IS NOT NULL
                        THEN ', accepted from ' || s.first_day || ' to ' || s.last_day END)
     FROM summed AS s
     LEFT JOIN register.unit AS u ON u.code = s.unit
     WHERE s.verdict NOT IN ('in time', 'pending')
     ORDER BY u.name_th COLLATE "th-x-icu", s.verdict);
    IF FOUND THEN
        RETURN;
    END IF;

    RETURN QUERY
    SELECT k.confirmed, NULL::text,
           CASE WHEN k.confirmed THEN 'ไม่มีกรณีให้ทดสอบ'
                ELSE 'ไม่มีกรณีให้ทดสอบ และยังยืนยันยอดประจำเดือนไม่ครบ' END,
           CASE WHEN k.confirmed THEN 'no case to test'
                ELSE 'no case to test, and not every month is confirmed' END
    FROM rules.kpi1(now, year) AS k;
END;
$$;
COMMENT ON FUNCTION rules.finding_registered(timestamptz, integer, integer) IS
    'Whether the legal group registered the complaints of a year in time, and which units'' not';
