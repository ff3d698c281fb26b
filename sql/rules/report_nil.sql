-- What a report says of a year without complaints; NULL where there are some. In its first weeks,
-- while none of its months is due, nobody is silent and nobody has to have confirmed anything: that
-- is said too.
CREATE OR REPLACE FUNCTION rules.report_nil(f jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.nil_text(format('ไม่มีเรื่องร้องเรียนในปีงบประมาณ พ.ศ. %s', f ->> 'fy') || early.th,
                          format('There were no complaints in fiscal year %s', f ->> 'fy') || early.en,
                          jsonb_array_length(f -> 'silent'), (f ->> 'units')::bigint,
                          CASE WHEN (f ->> 'began')::date > (f ->> 'closing_day')::date
                               THEN (f ->> 'began')::date END)
    FROM (SELECT CASE WHEN due THEN '' ELSE format(
                     ' (ณ วันที่ %s ยังไม่มีเดือนใดถึงกำหนดยืนยันยอด)', rules.thai_date(as_of)) END AS th,
                 CASE WHEN due THEN '' ELSE format(
                     ' (as of %s; no month is due for confirmation yet)', as_of) END AS en
          FROM (SELECT (f #>> '{kpi1,pending_months}')::integer < 12 OR f ->> 'units' = '0' AS due,
                       (f ->> 'as_of')::date AS as_of) AS y) AS early
    WHERE f #>> '{all,received}' = '0'
$$;
COMMENT ON FUNCTION rules.report_nil(jsonb) IS 'What a report says of a year without complaints';
