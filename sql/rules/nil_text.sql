-- What stands where there were no complaints: that there were none; that no unit, or not every unit, has
-- confirmed it, for silence is not zero; or that nobody counted, in a year before the register
-- (`began`).
CREATE OR REPLACE FUNCTION rules.nil_text(th text, en text, unconfirmed bigint, units bigint,
                                          began date)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN began IS NOT NULL THEN rules.doc_text(
            format('ทะเบียนเริ่มเมื่อวันที่ %s จึงไม่ได้นับเรื่องร้องเรียนของช่วงเวลานี้', rules.thai_date(began)),
            format('The register began on %s: it counted nothing of this time.', began), 'warning')
        WHEN unconfirmed > 0 OR units = 0 THEN rules.doc_text(
            format('%s (ยังไม่ยืนยัน: %s จาก %s หน่วยงาน)', th, unconfirmed, units),
            format('%s (not confirmed: %s of %s units)', en, unconfirmed, units), 'strong')
        ELSE rules.doc_text(th, en, 'strong') END
$$;
COMMENT ON FUNCTION rules.nil_text(text, text, bigint, bigint, date) IS
    'What stands where there were no complaints';
