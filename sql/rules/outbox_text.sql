-- What a message says: a number and what is due, in both languages, nothing of the content.
CREATE OR REPLACE FUNCTION rules.outbox_text(now timestamptz, ref text, matter text, due_on date)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\n',
        'เลขรับ ' || ref || ': ' || t.th,
        CASE WHEN due_on < rules.bangkok_day(now) THEN 'พ้นกำหนดเมื่อวันที่ ' ELSE 'ครบกำหนดวันที่ ' END
            || rules.thai_date(due_on),
        '',
        'Case ' || ref || ': ' || t.en,
        CASE WHEN due_on < rules.bangkok_day(now) THEN 'Overdue since ' ELSE 'Due on ' END || due_on,
        '',
        'griev show ' || ref, '')
    FROM register.taxonomy AS t WHERE t.kind = 'matter' AND t.code = matter
$$;
COMMENT ON FUNCTION rules.outbox_text(timestamptz, text, text, date) IS 'What a message says';
