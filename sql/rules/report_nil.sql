-- What a report says of a year without complaints; NULL where there are some.
CREATE OR REPLACE FUNCTION rules.report_nil(f jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.nil_text(format('ไม่มีเรื่องร้องเรียนในปีงบประมาณ พ.ศ. %s', f ->> 'fy'),
                          format('There were no complaints in fiscal year %s', f ->> 'fy'),
                          jsonb_array_length(f -> 'silent'), (f ->> 'units')::bigint,
                          CASE WHEN (f ->> 'began')::date > (f ->> 'closing_day')::date
                               THEN (f ->> 'began')::date END)
    WHERE f #>> '{all,received}' = '0'
$$;
COMMENT ON FUNCTION rules.report_nil(jsonb) IS 'What a report says of a year without complaints';
